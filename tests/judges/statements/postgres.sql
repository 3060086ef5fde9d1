-- good: a plain aggregate
SELECT customer, SUM(total) AS spent FROM persona.event_purchase GROUP BY customer;
-- good: a window counted in seconds back from an instant
SELECT COUNT(*) FILTER (WHERE occurred > now() - INTERVAL '30 days') FROM persona.event_purchase;
-- good: whole local days
SELECT (occurred AT TIME ZONE 'Europe/Berlin')::date AS day, COUNT(*) FROM persona.event_purchase GROUP BY 1;
-- good: the last value by an instant
SELECT DISTINCT ON (customer) customer, total FROM persona.event_purchase ORDER BY customer, occurred DESC, id DESC;
-- good: a bucket out of a digest
SELECT ('x' || lpad(substr(md5('salt:' || id), 18, 15), 16, '0'))::bit(64)::bigint % 10000 FROM persona.customer;
-- good: an array taken apart
SELECT e.id, tag FROM persona.event_purchase AS e CROSS JOIN LATERAL unnest(e.tags) AS tag;
-- good: quintiles
SELECT id, NTILE(5) OVER (ORDER BY score, id COLLATE "C") FROM persona.customer;
-- good, kept: a table made from a query
CREATE TABLE persona.spent AS SELECT customer, SUM(total) AS total FROM persona.event_purchase GROUP BY customer;
-- good: which a later statement merges into
MERGE INTO persona.spent AS t USING persona.event_purchase AS s ON t.customer = s.customer
WHEN MATCHED THEN UPDATE SET total = s.total
WHEN NOT MATCHED THEN INSERT (customer, total) VALUES (s.customer, s.total);
-- good: a view that is not kept
CREATE VIEW persona.passing AS SELECT id FROM persona.customer;

-- bad "passing": so that nothing can read it
SELECT id FROM persona.passing;
-- bad "totl": a column that is not there
SELECT totl FROM persona.event_purchase;
-- bad "event_refund": a table that is not there
SELECT id FROM persona.event_refund;
-- bad "text = integer": text beside a number
SELECT id FROM persona.customer WHERE id = 5;
-- bad "safe_divide": BigQuery's function
SELECT SAFE_DIVIDE(1, 2);
-- bad "timestamp_sub": BigQuery's window
SELECT TIMESTAMP_SUB(now(), INTERVAL '3 days');
-- bad "iff": Snowflake's function
SELECT IFF(TRUE, 1, 2);
-- bad "syntax error": a clause that PostgreSQL lacks
SELECT id FROM persona.customer QUALIFY ROW_NUMBER() OVER (ORDER BY id) = 1;
-- bad "GROUP BY": a column outside GROUP BY
SELECT customer, id FROM persona.event_purchase GROUP BY customer;
-- bad "ambiguous": one name, two tables
SELECT id FROM persona.customer JOIN persona.event_purchase AS e ON e.customer = email;
-- bad "string": another engine's type
SELECT CAST(total AS STRING) FROM persona.event_purchase;
-- bad "expression is of type text": text put into a number
INSERT INTO persona.event_purchase (total) SELECT email FROM persona.customer;
-- bad "unterminated": a statement cut short
SELECT 'open;
