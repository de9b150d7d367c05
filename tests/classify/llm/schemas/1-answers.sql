BEGIN TRANSACTION;
CREATE TABLE answers (
    key TEXT PRIMARY KEY, raw TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, usd REAL NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "answers" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','{"id": "arxiv:2611.00001", "relevance": 0.9}',812,64,0.0021,'2026-11-18T06:17:00+00:00');
INSERT INTO "answers" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','{"id": "arxiv:2611.00002", "note": "Übung 🙂"}',812,64,0.0021,'2026-11-18T06:17:00+00:00');
CREATE TABLE payments (
    at TEXT NOT NULL, model TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, usd REAL NOT NULL
);
INSERT INTO "payments" VALUES('2026-11-18T06:17:00+00:00','small',812,64,0.0021);
INSERT INTO "payments" VALUES('2026-11-18T06:17:00+00:00','small',900,10,0.0019);
COMMIT;
