"""What people do to our pull requests on GitHub's pages: each says whether it could be done."""

from __future__ import annotations

from tests.simulation.memory import (
    DECLINE,
    SECTION,
    TICKED_SECTION,
    number_of,
    ticked,
    twice,
    unticked,
)
from tests.simulation.person import Person


class PullRequestActs(Person):
    """Merging, closing, ticking, writing, reviewing."""

    def merge(self) -> bool:
        pull = self._pull()
        if pull is None or self.github.conflicts(pull):
            return False
        if twice(self.github.merged_text(pull)):
            return False  # added by hand since our last run; a person sees that
        offered, is_list = self._offered(pull), pull["base"] == self.github.default
        self.github.merge(pull, self.chance.choice(("merge", "squash", "rebase")))
        if is_list:
            text = self.github.base_text()
            self._refuse({each for each in offered if number_of(each) not in text}, pull["number"])
            for each in list(self.memory.refused):
                if number_of(each) in text:  # its box was empty, its line was merged all the same
                    del self.memory.refused[each]
        return True

    def close(self) -> bool:
        pull = self._pull()
        if pull is None:
            return False
        self.github.close(pull["number"])
        if not pull.get("retargeted"):
            offered = self._offered(pull)
            self.memory.chosen -= set(TICKED_SECTION.findall(pull["body"]))
            self._refuse(offered, pull["number"])
            if "<!-- p:" not in pull["body"]:
                self._unsaid |= offered
        return True

    def reopen(self) -> bool:
        found = [pull for pull in self.github.pulls if self.github.can_reopen(pull)]
        if not found:
            return False
        pull = self.chance.choice(found)
        self.github.reopen(pull)
        for each in ticked(pull["body"]):
            if self.memory.refused.get(each) == pull["number"]:
                del self.memory.refused[each]
        return True

    def refuse(self) -> bool:
        pull = self._pull()
        paper = self._any(sorted(ticked(pull["body"]))) if pull else None
        if pull is None or paper is None:
            return False
        self._edit(pull, f"[x] <!-- p:{paper} -->", f"[ ] <!-- p:{paper} -->")
        if number_of(paper) not in self.github.base_text():
            self._refuse({paper}, pull["number"])
        return True

    def tick(self) -> bool:
        """Take a refusal back."""
        pull = self._pull()
        paper = self._any(sorted(unticked(pull["body"]))) if pull else None
        if pull is None or paper is None:
            return False
        self._edit(pull, f"[ ] <!-- p:{paper} -->", f"[x] <!-- p:{paper} -->")
        self.memory.wanted.add(paper)
        if self.memory.refused.get(paper):  # a digest in which it is refused counts more
            del self.memory.refused[paper]
        return True

    def choose_section(self) -> bool:
        pull = self._pull()
        found = list(SECTION.finditer(pull["body"])) if pull else []
        if pull is None or not found:
            return False
        box = self.chance.choice(found)
        if box[1] in self.memory.refused or box[1] in self.memory.wanted:
            return False  # two ticked sections take a paper twice
        self._edit(pull, box[0], box[0].replace("[ ]", "[x]"))
        self.memory.wanted.add(box[1])
        self.memory.chosen.add(box[1])
        self._fresh.add(box[1])
        return True

    def decline(self) -> bool:
        """Tick “not for this list”."""
        pull = self._pull()
        found = list(DECLINE.finditer(pull["body"])) if pull else []
        if pull is None or not found:
            return False
        box = self.chance.choice(found)
        self._edit(pull, box[0], box[0].replace("[ ]", "[x]"))
        if number_of(box[1]) not in self.github.base_text():
            self._refuse({box[1]}, pull["number"])
        return True

    def describe(self) -> bool:
        """Write into the description, above or below what is ours."""
        pull = self._pull()
        if pull is None:
            return False
        note = self._note("Note")
        above = self.chance.random() < 0.5
        pull["body"] = f"{note}\n\n{pull['body']}" if above else f"{pull['body']}\n\n{note}\n"
        self.memory.notes.setdefault(pull["number"], []).append(note)
        return True

    def rewrite(self) -> bool:
        """Replace the description, our marks and all."""
        pull = self._pull()
        if pull is None:
            return False
        self._forget_fresh(pull)
        note = self._note("Rewritten")
        pull["body"] = f"{note}\n"
        self.memory.notes[pull["number"]] = [note]
        return True

    def rename(self) -> bool:
        pull = self._pull()
        if pull is None:
            return False
        pull["title"] = self._note("Title")
        self.memory.titles[pull["number"]] = pull["title"]
        return True

    def review(self) -> bool:
        pull = self._pull()
        if pull is None:
            return False
        self.github.review(
            pull["number"], self.chance.choice(("APPROVED", "CHANGES_REQUESTED", "COMMENTED"))
        )
        self._touch(pull)
        return True

    def comment(self) -> bool:
        pull = self._pull()
        if pull is None:
            return False
        self.github.comment(pull["number"], self._note("Comment"))
        return True

    def hold(self) -> bool:
        """Put the label on that stops us, or take it off again."""
        pull = self._pull()
        if pull is None:
            return False
        held = "medvl-watch:hold" in pull.get("label_names", [])
        pull["label_names"] = [] if held else ["medvl-watch:hold"]
        self._touch(pull)
        return True

    def retarget(self) -> bool:
        pull = self._pull()
        if pull is None:
            return False
        if self.github.git.branch_head("dev") is None:
            head = self.github.git.branch_head(self.github.default)
            self.github.git.update_refs(("refs/heads/dev", head, None))
        pull["base"], pull["retargeted"] = "dev", True
        self._touch(pull)
        return True
