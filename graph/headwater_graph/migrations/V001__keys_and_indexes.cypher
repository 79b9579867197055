// Keys of all labels, what binding a read seeks, and the names that people search.
// Derived from the vocabulary; a test holds them against it.
CREATE CONSTRAINT key_Dataset IF NOT EXISTS FOR (n:Dataset) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Job IF NOT EXISTS FOR (n:Job) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Run IF NOT EXISTS FOR (n:Run) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_DatasetVersion IF NOT EXISTS FOR (n:DatasetVersion) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Column IF NOT EXISTS FOR (n:Column) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Step IF NOT EXISTS FOR (n:Step) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_CodeVersion IF NOT EXISTS FOR (n:CodeVersion) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Environment IF NOT EXISTS FOR (n:Environment) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_ParamSet IF NOT EXISTS FOR (n:ParamSet) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Metric IF NOT EXISTS FOR (n:Metric) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Assertion IF NOT EXISTS FOR (n:Assertion) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Facet IF NOT EXISTS FOR (n:Facet) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_Facts IF NOT EXISTS FOR (n:Facts) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_HeadwaterLease IF NOT EXISTS FOR (n:HeadwaterLease) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_HeadwaterPosition IF NOT EXISTS FOR (n:HeadwaterPosition) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_HeadwaterGraph IF NOT EXISTS FOR (n:HeadwaterGraph) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT key_HeadwaterMigration IF NOT EXISTS FOR (n:HeadwaterMigration) REQUIRE n.key IS UNIQUE;
CREATE INDEX Run_runId IF NOT EXISTS FOR (n:Run) ON (n.runId);
CREATE INDEX Run_jobKey_at IF NOT EXISTS FOR (n:Run) ON (n.jobKey, n.at);
CREATE INDEX Run_at IF NOT EXISTS FOR (n:Run) ON (n.at);
CREATE INDEX DatasetVersion_datasetKey_writtenAt IF NOT EXISTS FOR (n:DatasetVersion) ON (n.datasetKey, n.writtenAt);
CREATE FULLTEXT INDEX headwaterNames IF NOT EXISTS FOR (n:Dataset|Job) ON EACH [n.name, n.namespace]
  OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words'}};
