"""What people do to our branches, to their list and to its repository."""

from __future__ import annotations

import re

from tests.simulation.memory import IN_DIGEST, number_of
from tests.simulation.person import Person


class RepositoryActs(Person):
    """Pushing, moving, renaming, editing; each says whether it could be done."""

    def push(self) -> bool:
        pull = self._pull()
        text = self.github.text(pull["ref"]) if pull else ""
        if pull is None or not text:
            return False
        line = f"<!-- {self._note('Pushed')} -->"
        self._touch(pull, self.github.push_text(pull["ref"], f"{text.rstrip()}\n\n{line}\n"))
        return True

    def amend(self) -> bool:
        pull = self._pull()
        text = self.github.text(pull["ref"]) if pull else ""
        if pull is None or not text:
            return False
        line = f"<!-- {self._note('Amended')} -->"
        changed = f"{text.rstrip()}\n\n{line}\n".encode()
        self._touch(pull, self.github.amend(pull["ref"], changed))
        return True

    def drop_line(self) -> bool:
        """Delete one of our lines on the branch."""
        pull = self._pull()
        text = self.github.text(pull["ref"]) if pull else ""
        base = self.github.base_text()
        ours = [line for line in text.splitlines() if "2611." in line and line not in base]
        if pull is None or not ours:
            return False
        dropped = self.chance.choice(ours)
        self.memory.chosen -= {each for each in self.memory.chosen if number_of(each) in dropped}
        self._touch(pull, self.github.push_text(pull["ref"], text.replace(f"{dropped}\n", "")))
        return True

    def update_branch(self) -> bool:
        pull = self._pull()
        self.edit_list()  # the button is there only once the list has moved on
        if pull is None or pull["base"] != self.github.default or self.github.conflicts(pull):
            return False
        head, base = self.github.git.branch_head(pull["ref"]), self.github.git.branch_head(
            self.github.default
        )  # fmt: skip
        if not self.github.text(pull["ref"]):
            return False  # the list's file has moved on the base
        if head is None or base is None or self.github.git.is_ancestor(base, head):
            return False
        made = self.github.update_branch(pull["ref"])
        if pull["ref"] in self.memory.commits:
            self.memory.commits[pull["ref"]] = made
        return True

    def delete_branch(self) -> bool:
        """Delete the branch of an ended pull request, as GitHub offers."""
        ended = [pull for pull in self.github.pulls if pull["state"] != "open"]
        used = {pull["ref"] for pull in self.github.open_pulls()}
        found = [pull["ref"] for pull in ended if pull["ref"] not in used]
        if not found or not self.github.git.branch_head(found[-1]):
            return False
        self.github.git.update_refs((f"refs/heads/{found[-1]}", None, None))
        self.memory.commits.pop(found[-1], None)
        return True

    # --- the repository ---------------------------------------------------------------

    def switch_default(self) -> bool:
        self.written += 1
        for each in self._unsaid:  # of what was closed, nothing says whether it was for this list
            self.memory.refused.pop(each, None)
        self.github.switch_default(f"main-{self.written}")
        return True

    def rename_repository(self) -> bool:
        self.written += 1
        self.github.former_names.add(self.github.name)
        self.github.name = f"acme/list-{self.written}"
        return True

    def move_list(self) -> bool:
        if self.moved_to:
            return False
        self.written += 1
        self.moved_to = f"papers-{self.written}.md"
        self.github.move_list(self.moved_to)
        return True

    def edit_list(self) -> bool:
        """Write a line of their own into the list."""
        section = self.chance.choice(("## Reports", "## Outlines"))
        text = self.github.base_text()
        if section not in text:
            return False
        line = f"<!-- {self._note('List note')} -->"
        self.github.push_text(self.github.default, text.replace(section, f"{line}\n\n{section}"))
        self.memory.own_lines.append(line)
        return True

    def add_by_hand(self) -> bool:
        """Add a paper that the bot has proposed, or may propose, in other words."""
        records = getattr(self.world.sources[0], "records", ())
        text = self.github.base_text()
        free = [each for each in records if each.arxiv_id not in text]
        if not free or "## Outlines\n\n" not in text:
            return False
        paper = self.chance.choice(free)
        line = f"- {paper.title}. [[paper](https://arxiv.org/abs/{paper.arxiv_id})]"
        self.github.push_text(
            self.github.default, text.replace("## Outlines\n\n", f"## Outlines\n\n{line}\n")
        )
        self.memory.refused.pop(paper.id, None)
        return True

    def remove_from_list(self) -> bool:
        text = self.github.base_text()
        ours = [line for line in text.splitlines() if line.startswith("- ") and "2611." in line]
        if not ours:
            return False
        line = self.chance.choice(ours)
        found = re.search(r"2611\.\d{5}", line)
        assert found
        if found[0] not in self.memory.seen:
            return False  # the bot has not seen it there, and so cannot know
        self.github.push_text(self.github.default, text.replace(f"{line}\n", ""))
        self._refuse({f"arxiv:{found[0]}"}, 0)
        return True

    def answer_digest(self) -> bool:
        found = [
            (issue, box)
            for issue in self.github.issues
            for box in IN_DIGEST.finditer(issue["body"])
        ]
        if not found:
            return False
        issue, box = self.chance.choice(found)
        if box[2].startswith("add:"):
            return False
        issue["body"] = issue["body"].replace(box[0], box[0].replace("[ ]", "[x]"), 1)
        if number_of(box[1]) not in self.github.base_text():
            self._refuse({box[1]}, 0)
        return True

    def go_on_holiday(self) -> bool:
        self.holiday = self.chance.randint(2, 6)
        return True
