// Makes the graph a function of no log again. No parameters, no result.
MATCH (g:HeadwaterGraph)
DELETE g
