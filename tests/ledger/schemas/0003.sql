BEGIN TRANSACTION;
CREATE TABLE about (
	name VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "about" VALUES('version','2');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE blocks (
	block INTEGER NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	PRIMARY KEY (block, paper_id), 
	FOREIGN KEY(paper_id) REFERENCES papers (id)
)
 WITHOUT ROWID

;
INSERT INTO "blocks" VALUES(20997578110,'arxiv:2611.00001');
INSERT INTO "blocks" VALUES(18876067792,'arxiv:2611.00002');
INSERT INTO "blocks" VALUES(20103642229,'arxiv:2611.00003');
CREATE TABLE identities (
	"key" VARCHAR NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	PRIMARY KEY ("key"), 
	FOREIGN KEY(paper_id) REFERENCES papers (id)
);
INSERT INTO "identities" VALUES('arxiv:2611.00001','arxiv:2611.00001');
INSERT INTO "identities" VALUES('doi:10.1000/1','arxiv:2611.00001');
INSERT INTO "identities" VALUES('title:a6695aacab0542bb','arxiv:2611.00001');
INSERT INTO "identities" VALUES('arxiv:2611.00002','arxiv:2611.00002');
INSERT INTO "identities" VALUES('title:a2be4e2435807516','arxiv:2611.00002');
INSERT INTO "identities" VALUES('arxiv:2611.00003','arxiv:2611.00003');
INSERT INTO "identities" VALUES('title:cb0a811e9f91484d','arxiv:2611.00003');
CREATE TABLE link_decisions (
	number INTEGER NOT NULL, 
	one VARCHAR NOT NULL, 
	other VARCHAR NOT NULL, 
	choice VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "link_decisions" VALUES(1,'arxiv:2611.00001','doi:10.1007/other','apart','2026-11-18T06:17:00+00:00');
CREATE TABLE outcomes (
	number INTEGER NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	list_id VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	outcome TEXT NOT NULL, 
	latest BOOLEAN NOT NULL, 
	PRIMARY KEY (number), 
	FOREIGN KEY(paper_id) REFERENCES papers (id)
);
INSERT INTO "outcomes" VALUES(1,'arxiv:2611.00001','medical-clip','deferred','{"paper_id":"arxiv:2611.00001","list_id":"medical-clip","state":"deferred","reason":"it fits","at":"2026-11-18T06:17:00Z","section":null,"line":null,"pull_request":null}',0);
INSERT INTO "outcomes" VALUES(2,'arxiv:2611.00002','medical-clip','referred','{"paper_id":"arxiv:2611.00002","list_id":"medical-clip","state":"referred","reason":"it fits","at":"2026-11-18T06:17:00Z","section":null,"line":null,"pull_request":null}',1);
INSERT INTO "outcomes" VALUES(3,'arxiv:2611.00001','medical-clip','proposed','{"paper_id":"arxiv:2611.00001","list_id":"medical-clip","state":"proposed","reason":"it fits","at":"2026-11-18T06:17:00Z","section":null,"line":null,"pull_request":null}',0);
INSERT INTO "outcomes" VALUES(4,'arxiv:2611.00001','medical-clip','refused','{"paper_id":"arxiv:2611.00001","list_id":"medical-clip","state":"refused","reason":"it fits","at":"2026-11-18T06:17:00Z","section":null,"line":null,"pull_request":null}',1);
CREATE TABLE papers (
	id VARCHAR NOT NULL, 
	title TEXT NOT NULL, 
	paper TEXT NOT NULL, 
	first_seen VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "papers" VALUES('arxiv:2611.00001','Paper 1 — Übung','{"id":"arxiv:2611.00001","facts":{"id":"arxiv:2611.00001","title":"Paper 1 — Übung","abstract":"An abstract.","authors":["Ada Lovelace"],"categories":["cs.CV"],"arxiv_id":"2611.00001","version":null,"doi":"10.1000/1","published":"2026-11-17","updated":null,"venue":null,"comment":null,"journal_ref":null,"url":null,"code_urls":[],"origin":{"source":"arxiv","fetched_at":"2026-11-18T06:17:00Z","raw_ids":["2611.00001v1"],"address":""},"extra":{"note":1}},"records":[{"id":"arxiv:2611.00001","title":"Paper 1 — Übung","abstract":"An abstract.","authors":["Ada Lovelace"],"categories":["cs.CV"],"arxiv_id":"2611.00001","version":null,"doi":"10.1000/1","published":"2026-11-17","updated":null,"venue":null,"comment":null,"journal_ref":null,"url":null,"code_urls":[],"origin":{"source":"arxiv","fetched_at":"2026-11-18T06:17:00Z","raw_ids":["2611.00001v1"],"address":""},"extra":{"note":1}}],"links":[],"withdrawn":false}','2026-11-18T06:17:00+00:00');
INSERT INTO "papers" VALUES('arxiv:2611.00002','Paper 2 — Übung','{"id":"arxiv:2611.00002","facts":{"id":"arxiv:2611.00002","title":"Paper 2 — Übung","abstract":"An abstract.","authors":["Ada Lovelace"],"categories":["cs.CV"],"arxiv_id":"2611.00002","version":null,"doi":null,"published":"2026-11-17","updated":null,"venue":"MICCAI","comment":null,"journal_ref":null,"url":null,"code_urls":[],"origin":{"source":"arxiv","fetched_at":"2026-11-18T06:17:00Z","raw_ids":["2611.00002v1"],"address":""},"extra":{"note":2}},"records":[{"id":"arxiv:2611.00002","title":"Paper 2 — Übung","abstract":"An abstract.","authors":["Ada Lovelace"],"categories":["cs.CV"],"arxiv_id":"2611.00002","version":null,"doi":null,"published":"2026-11-17","updated":null,"venue":"MICCAI","comment":null,"journal_ref":null,"url":null,"code_urls":[],"origin":{"source":"arxiv","fetched_at":"2026-11-18T06:17:00Z","raw_ids":["2611.00002v1"],"address":""},"extra":{"note":2}}],"links":[],"withdrawn":false}','2026-11-18T06:17:00+00:00');
INSERT INTO "papers" VALUES('arxiv:2611.00003','Paper 3 — Übung','{"id":"arxiv:2611.00003","facts":{"id":"arxiv:2611.00003","title":"Paper 3 — Übung","abstract":"An abstract.","authors":["Ada Lovelace"],"categories":["cs.CV"],"arxiv_id":"2611.00003","version":null,"doi":null,"published":"2026-11-17","updated":null,"venue":null,"comment":null,"journal_ref":null,"url":null,"code_urls":[],"origin":{"source":"arxiv","fetched_at":"2026-11-18T06:17:00Z","raw_ids":["2611.00003v1"],"address":""},"extra":{"note":3}},"records":[{"id":"arxiv:2611.00003","title":"Paper 3 — Übung","abstract":"An abstract.","authors":["Ada Lovelace"],"categories":["cs.CV"],"arxiv_id":"2611.00003","version":null,"doi":null,"published":"2026-11-17","updated":null,"venue":null,"comment":null,"journal_ref":null,"url":null,"code_urls":[],"origin":{"source":"arxiv","fetched_at":"2026-11-18T06:17:00Z","raw_ids":["2611.00003v1"],"address":""},"extra":{"note":3}}],"links":[],"withdrawn":false}','2026-11-18T06:17:00+00:00');
CREATE TABLE receipt_history (
	number INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	new INTEGER NOT NULL, 
	problem TEXT NOT NULL, 
	receipt TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "receipt_history" VALUES(1,'arxiv','2026-11-18T06:17:00Z',0,'','{"source":"arxiv","fetched_at":"2026-11-18T06:17:00Z","received":3,"claimed":null,"pages":1,"detail":""}');
INSERT INTO "receipt_history" VALUES(2,'aaai','2026-11-18T06:17:00Z',0,'no answer','{"source":"aaai","fetched_at":"2026-11-18T06:17:00Z","received":0,"claimed":null,"pages":1,"detail":""}');
CREATE TABLE receipts (
	source VARCHAR NOT NULL, 
	receipt TEXT NOT NULL, 
	problem TEXT NOT NULL, 
	last_good VARCHAR NOT NULL, memory TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (source)
);
INSERT INTO "receipts" VALUES('arxiv','{"source":"arxiv","fetched_at":"2026-11-18T06:17:00Z","received":3,"claimed":null,"pages":1,"detail":""}','','2026-11-18T06:17:00+00:00','');
INSERT INTO "receipts" VALUES('aaai','{"source":"aaai","fetched_at":"2026-11-18T06:17:00Z","received":0,"claimed":null,"pages":1,"detail":""}','no answer','','');
CREATE TABLE verdicts (
	number INTEGER NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	verdict TEXT NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (number), 
	FOREIGN KEY(paper_id) REFERENCES papers (id)
);
INSERT INTO "verdicts" VALUES(1,'arxiv:2611.00001','{"paper_id":"arxiv:2611.00001","relevance":0.9,"decision":"propose","sections":[{"node":"use","path":["Use"],"score":0.8}],"evidence":[{"quote":"medical","field":"title","speaks_for":"use","weight":1.0}],"classifier":"rules","version":"1","flags":[],"reason":""}','2026-11-18T06:17:00+00:00');
INSERT INTO "verdicts" VALUES(2,'arxiv:2611.00002','{"paper_id":"arxiv:2611.00002","relevance":0.5,"decision":"refer","sections":[{"node":"use","path":["Use"],"score":0.8}],"evidence":[{"quote":"medical","field":"title","speaks_for":"use","weight":1.0}],"classifier":"rules","version":"1","flags":[],"reason":""}','2026-11-18T06:17:00+00:00');
INSERT INTO "verdicts" VALUES(3,'arxiv:2611.00001','{"paper_id":"arxiv:2611.00001","relevance":0.95,"decision":"propose","sections":[{"node":"use","path":["Use"],"score":0.8}],"evidence":[{"quote":"medical","field":"title","speaks_for":"use","weight":1.0}],"classifier":"rules","version":"2","flags":[],"reason":""}','2026-11-18T06:17:00+00:00');
CREATE INDEX ix_identities_paper_id ON identities (paper_id);
CREATE INDEX ix_verdicts_paper_id ON verdicts (paper_id);
CREATE INDEX history ON outcomes (paper_id, list_id);
CREATE INDEX standing ON outcomes (list_id, state, latest);
CREATE INDEX receipts_of_source ON receipt_history (source, number);
CREATE INDEX ix_blocks_paper_id ON blocks (paper_id);
COMMIT;
