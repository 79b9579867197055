// Keys of tags. Derived from the vocabulary; a test holds them against it.
CREATE CONSTRAINT key_Tag IF NOT EXISTS FOR (n:Tag) REQUIRE n.key IS UNIQUE;
