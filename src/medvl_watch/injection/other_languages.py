"""Patterns for instructions in other languages than English, and for markup of chat models.

`reader_address` explains the notation.
"""

from __future__ import annotations

CHAT_MARKUP = (
    r"<\|[a-z_]{3,30}\|>|<\W{0,2}(?:im_start|im_end|endoftext|end_of_turn|start_of_turn)\b",
    (
        r"</?\|?(?:system|user|assistant|instructions?|prompt|tool_call|script|paper|untrusted"
        r"|admin|important|secret|override|developer)\|?>"
    ),
    r"\[/?(?:inst|sys|system|assistant)\]|<</?sys>>",
    r"#{2,5}\s{0,5}(?:system|instruction|assistant|user|human|response|new\W{1,5}task)",
    r"(?:^|[\n\"'>])\s{0,5}(?:system|assistant|human|user)\s{0,3}:\s",
    r"[0-9a-f]{8,}>>>|<<<[0-9a-f]{8}",
    r"\\(?:iffalse|[hv]?phantom\b|begin\{comment\}|(?:text)?color\{white\}|fontsize\{0)",
    r"display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?0|color\s?[:=]\s?[\"']?white",
    r"<!--[^>]{0,200}\b(?:ais?|llms?|models?|bots?|curators?|reviewers?|accept|include|propose)\b",
    r"function_call\s?:|\bverdict\(",
)
"""Role markers of chat models, scripts, text that typesetting hides, and the fence marks of
`classify.prompt.fence`. These are regular expressions without cue words."""

_IGNORE_VERBS = (
    r"ignor(?:iere?n?|ez|er|era|a|ad|ă|uj|alá)\b|zignoruj|vergiss\b|vergessen sie|missachte\w{0,3}"
    r"|oublie[zr]?\b|negeer|olvid\w{1,4}|haz caso omiso|abaikan|bỏ qua|ohita|unohda"
    r"|figyelmen kívül|yok say|görmezden gel|pomiń|игнорир\w{1,9}|забуд\w{1,4}|ігнор\w{1,9}"
    r"|忽略|无视|忽視|無視|忘れ|무시|잊|התעלם|अनदेखा|ละเว้น|نادیده|تجاهل|انس\b"
    r"|αγνο\w{2,6}"  # noqa: RUF001  Greek
)
_RULE_NOUNS = (
    r"anweisung\w{0,3}|regeln|vorgaben|instru[kcç]\w{1,9}|istruzion\w|regole|reglas|regras"
    r"|r[èe]gles|consignes?|pokyn\w{0,2}|talimat\w{0,6}|ohjee?t?|utasítás\w{0,3}|hướng dẫn"
    r"|instruksi|инструкц\w{1,4}|указани\w{1,3}|правил\w{0,3}|інструкц\w{1,4}|οδηγι\w{1,3}"
    r"|指令|指示|说明|說明|规则|規則|提示|命令|ルール|지시|명령|규칙|프롬프트|הוראות|निर्देश|คำสั่ง"
    r"|دستور|تعليمات|الأوامر|praecept\w{0,2}"
)
_IGNORE_CUES = (
    "ignoriere ignorieren ignorier ignorez ignorer ignorera ignora ignorad ignoruj zignoruj vergiss"
    " vergessen missachte missachten missachtet oublie oubliez oublier negeer olvida olvidad olvide"
    " caso abaikan ohita unohda yok"
)
OTHER_LANGUAGES = (
    (_IGNORE_CUES, rf"(?:{_IGNORE_VERBS}).{{0,60}}?(?:{_RULE_NOUNS})"),
    (_IGNORE_CUES, rf"(?:{_RULE_NOUNS}).{{0,40}}?(?:{_IGNORE_VERBS})"),
    ("", r"ignore .{0,30}instruções"),
    (
        "diese dieses",
        "dieses? (?:paper|arbeit|artikel|aufsatz) <6>(?:aufgenommen|akzeptiert|angenommen) werden",
    ),
    (
        "hinweis nachricht anweisung",
        r"(?:hinweis|nachricht|anweisung) an <2>(?:sprachmodell|modell|ki)\b",
    ),
    ("", r"(?:note|message|instruction) (?:au|aux|pour) <2>(?:mod[èe]les?|ia)\b"),
    (
        "cet",
        (
            "cet article <2>(?:doit|devrait) <1>[êe]tre <1>"
            "(?:inclus|accept[ée]|ajout[ée]|recommand[ée])"
        ),
    ),
    (
        "este",
        (
            "este (?:artículo|trabajo|artigo) <1>(?:debe|deve) <1>ser <1>"
            "(?:inclui?d[oa]|aceptado|aceito)"
        ),
    ),
    (
        "questo questa",
        "quest[oa] (?:articolo|lavoro) <1>deve essere <1>(?:inclus[oa]|accettat[oa])",
    ),
    (
        "",
        r"(?:接受|列入|收录|收錄|推荐|推薦|评为|評為).{0,8}(?:这篇|這篇|本|该|該)?(?:论文|論文|文章)",
    ),
    ("", r"(?:论文|論文|文章).{0,12}(?:列入|收录|收錄|最相关|最相關|评为|評為|採択|采纳)"),
    ("", r"(?:査読者|モデル|人工知能).{0,4}へ\W"),
    ("eres modelo", "eres un modelo"),
    ("bist", "(?:du bist|sie sind) eine? <2>(?:sprachmodell|ki|modell)"),
    (
        "bitte veuillez favor",
        (
            "(?:bitte|veuillez|por favor) <4>(?:diese|dieses|cet|cette|ce|este|esta) "
            "(?:arbeit|paper|artikel|article|travail|artículo|trabajo)"
        ),
    ),
    ("", r"你是.{0,6}模型|вы .{0,10}модель|ты .{0,10}модель"),
    ("", r"(?:^|[，。,:：])\W{0,3}(?:请|請)(?!求)|(?:推荐|推薦|接受|收录)本文"),  # noqa: RUF001  Chinese
    ("", r"(?:してください|して下さい|하십시오|하세요)"),
    ("", r"논문을? .{0,12}(?:포함|채택|추천)"),
    ("", r"(?:прими|приймите|включи)\w{0,4} (?:эту|цю|эти|в список).{0,12}стат"),
)
"""Cue words and patterns; those without a cue word match only sentences that are not ASCII."""
