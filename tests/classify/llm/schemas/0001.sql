BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE answers (
    key TEXT PRIMARY KEY, raw TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, usd REAL NOT NULL, at TEXT NOT NULL,
    paper_id TEXT NOT NULL, version TEXT NOT NULL, shown TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "answers" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','{"id": "arxiv:2611.00001", "relevance": 0.9}',812,64,0.0021,'2026-11-18T06:17:00+00:00','arxiv:2611.00001','1 small','["A listed paper"]');
INSERT INTO "answers" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','{"id": "arxiv:2611.00002", "note": "Übung 🙂"}',812,64,0.0021,'2026-11-18T06:17:00+00:00','arxiv:2611.00002','1 small','[]');
CREATE TABLE batches (
    tag TEXT PRIMARY KEY, id TEXT NOT NULL, keys TEXT NOT NULL, usd_at_most REAL NOT NULL,
    is_over INTEGER NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "batches" VALUES('t1','batch_1','["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"]',0.5,0,'2026-11-18T06:17:00+00:00');
INSERT INTO "batches" VALUES('t2','','["dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"]',0.25,0,'2026-11-18T06:17:00+00:00');
CREATE TABLE payments (
    at TEXT NOT NULL, model TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, usd REAL NOT NULL
);
INSERT INTO "payments" VALUES('2026-11-18T06:17:00+00:00','small',812,64,0.0021);
INSERT INTO "payments" VALUES('2026-11-18T06:17:00+00:00','small',900,10,0.0019);
CREATE TABLE unusable (
    paper_id TEXT PRIMARY KEY, version TEXT NOT NULL, why TEXT NOT NULL, raw TEXT NOT NULL,
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, usd REAL NOT NULL,
    shown TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "unusable" VALUES('arxiv:2611.00003','1 small','it was empty','I cannot answer that.',812,64,0.0021,'["A listed paper"]','2026-11-18T06:17:00+00:00');
CREATE INDEX answers_by_paper ON answers (paper_id, version, at);
COMMIT;
