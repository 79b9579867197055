// Outcomes of data quality checks of dataset versions.
// parameters: keys (list of keys of DatasetVersion)
// columns: checks [key of the version, name, column, success, severity, expected, actual]
UNWIND $keys AS key
MATCH (v:DatasetVersion {key: key})<-[:CHECKED]-(a:Assertion)
WITH v, a
ORDER BY a.name, a.column, a.key
RETURN collect([v.key, a.name, a.column, a.success, a.severity, a.expected, a.actual]) AS checks
