-- good: a plain aggregate
SELECT customer, SUM(total) AS spent FROM persona.event_purchase GROUP BY customer;
-- good: a whole path in one pair of backticks
SELECT id FROM `persona.event_purchase`;
-- good: each part in backticks of its own
SELECT id FROM `persona`.`event_purchase`;
-- good: a window counted in days back from an instant
SELECT COUNT(*) FROM persona.event_purchase WHERE occurred > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY);
-- good: whole local days
SELECT DATE(occurred, 'Europe/Berlin') AS day FROM persona.event_purchase GROUP BY day;
-- good: the last value by an instant
SELECT ARRAY_AGG(total ORDER BY occurred DESC, id DESC LIMIT 1)[SAFE_OFFSET(0)] FROM persona.event_purchase;
-- good: the same by MAX_BY, which BigQuery has and the analyser was taught
SELECT customer, MAX_BY(total, occurred) FROM persona.event_purchase GROUP BY customer;
-- good: a bucket out of a digest
SELECT MOD(CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5(CONCAT('salt:', id))), 18, 15)) AS INT64), 10000) FROM persona.customer;
-- good: QUALIFY with a window
SELECT id FROM persona.event_purchase WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY customer ORDER BY occurred) = 1;
-- good: an array taken apart
SELECT e.id, tag FROM persona.event_purchase AS e, UNNEST(e.tags) AS tag;
-- good: quintiles
SELECT id, NTILE(5) OVER (ORDER BY score, id) FROM persona.customer;
-- good: equality where both may be missing
SELECT id FROM persona.customer WHERE country IS NOT DISTINCT FROM 'UK';
-- good, kept: a table made from a query
CREATE OR REPLACE TABLE persona.spent AS SELECT customer, SUM(total) AS total FROM persona.event_purchase GROUP BY customer;
-- good: which a later statement reads
SELECT total + 1 FROM `persona.spent`;
-- good: and merges into
MERGE persona.spent AS t USING (SELECT customer, SUM(total) AS total FROM persona.event_purchase GROUP BY customer) AS s
ON t.customer = s.customer
WHEN MATCHED THEN UPDATE SET total = s.total
WHEN NOT MATCHED THEN INSERT (customer, total) VALUES (s.customer, s.total)
WHEN NOT MATCHED BY SOURCE THEN DELETE;
-- good, kept: a view
CREATE OR REPLACE VIEW persona.adult AS SELECT id, birthday FROM persona.customer WHERE birthday < DATE_SUB(CURRENT_DATE(), INTERVAL 18 YEAR);
-- good: which a later statement reads
INSERT INTO persona.spent (customer, total) SELECT id, NUMERIC '0' FROM persona.adult;
-- good: rows that go
DELETE FROM persona.spent WHERE total < 1;
-- good: a partitioned table
CREATE TABLE persona.daily (day DATE NOT NULL, total NUMERIC) PARTITION BY day OPTIONS (description = 'per day');

-- bad "Unrecognized name: totl": a column that is not there
SELECT totl FROM persona.event_purchase;
-- bad "Table not found": a table that is not there
SELECT id FROM persona.event_refund;
-- bad "Function not found: LISTAGG": Snowflake's function
SELECT LISTAGG(id, ',') FROM persona.customer;
-- bad "Function not found": PostgreSQL's function
SELECT TO_CHAR(occurred, 'YYYY') FROM persona.event_purchase;
-- bad "Function not found: regexp_matches": DuckDB's function
SELECT regexp_matches(email, 'a') FROM persona.customer;
-- bad "No matching signature for operator >": an instant beside a date
SELECT id FROM persona.event_purchase WHERE occurred > CURRENT_DATE();
-- bad "No matching signature for operator =": text beside a number
SELECT id FROM persona.customer WHERE id = 5;
-- bad "does not support the MONTH": months are not a length of time
SELECT TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 MONTH);
-- bad "neither grouped nor aggregated": a column outside GROUP BY
SELECT customer, id FROM persona.event_purchase GROUP BY customer;
-- bad "ambiguous": one name, two tables
SELECT id FROM persona.customer JOIN persona.event_purchase AS e ON e.customer = email;
-- bad "Syntax error": PostgreSQL's cast
SELECT total::INT64 FROM persona.event_purchase;
-- bad "Type not found: VARCHAR": another engine's type
SELECT CAST(total AS VARCHAR) FROM persona.event_purchase;
-- bad "Syntax error": PostgreSQL's and DuckDB's FILTER
SELECT COUNT(*) FILTER (WHERE total > 5) FROM persona.event_purchase;
-- bad "Syntax error": PostgreSQL's DISTINCT ON
SELECT DISTINCT ON (customer) id FROM persona.event_purchase;
-- bad "Expected keyword ALL or keyword DISTINCT": which UNION is not said
SELECT id FROM persona.customer UNION SELECT customer FROM persona.event_purchase;
-- bad "Unexpected keyword AT": a reserved word as a name
SELECT at FROM persona.event_purchase;
-- bad "not found": merges into a table that is not there
MERGE persona.nowhere AS t USING persona.customer AS s ON t.id = s.id WHEN MATCHED THEN DELETE;
-- bad "cannot be inserted": text put into a number
INSERT INTO persona.event_purchase (total) SELECT email FROM persona.customer;
-- bad "Analytic function": a window in WHERE
SELECT id FROM persona.customer WHERE ROW_NUMBER() OVER (ORDER BY id) = 1;
