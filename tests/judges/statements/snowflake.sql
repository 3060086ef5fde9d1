-- good: a plain aggregate, its names folded to upper case
select customer, sum(total) as spent from persona.event_purchase group by customer;
-- good: the same names in quotes
SELECT "CUSTOMER", SUM("TOTAL") AS "spent" FROM "PERSONA"."EVENT_PURCHASE" GROUP BY "CUSTOMER";
-- good: a window counted in days back from an instant
SELECT COUNT_IF(occurred > DATEADD(day, -30, CURRENT_TIMESTAMP())) FROM persona.event_purchase;
-- good: whole local days
SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', occurred::TIMESTAMP_NTZ)::DATE AS day, COUNT(*) FROM persona.event_purchase GROUP BY day;
-- good: the last value by an instant
SELECT customer, MAX_BY(total, occurred) FROM persona.event_purchase GROUP BY customer;
-- good: a bucket out of a digest
SELECT MOD(BITAND(MD5_NUMBER_LOWER64('salt:' || id), 1152921504606846975), 10000) FROM persona.customer;
-- good: QUALIFY with a window
SELECT id FROM persona.event_purchase QUALIFY ROW_NUMBER() OVER (PARTITION BY customer ORDER BY occurred) = 1;
-- good: an array taken apart
SELECT e.id, f.value::VARCHAR AS tag FROM persona.event_purchase AS e, LATERAL FLATTEN(INPUT => e.tags) AS f;
-- good: text joined in order
SELECT LISTAGG(id, ',') WITHIN GROUP (ORDER BY id) FROM persona.customer;
-- good: quintiles
SELECT id, NTILE(5) OVER (ORDER BY score, id) FROM persona.customer;
-- good: equality where both may be missing
SELECT id FROM persona.customer WHERE EQUAL_NULL(country, 'UK');
-- good, kept: a table made from a query
CREATE OR REPLACE TABLE persona.spent AS SELECT customer, SUM(total) AS total FROM persona.event_purchase GROUP BY customer;
-- good: which a later statement merges into
MERGE INTO persona.spent AS t USING persona.event_purchase AS s ON t.customer = s.customer
WHEN MATCHED THEN UPDATE SET total = s.total
WHEN NOT MATCHED THEN INSERT (customer, total) VALUES (s.customer, s.total);
-- good: and rows of which go
DELETE FROM persona.spent WHERE total < 1;
-- good: a view that is not kept
CREATE OR REPLACE VIEW persona.passing AS SELECT id FROM persona.customer;
-- good: a table that Snowflake keeps fresh
CREATE OR REPLACE DYNAMIC TABLE persona.fresh TARGET_LAG = '1 hour' WAREHOUSE = small AS SELECT id FROM persona.customer;
-- good, unseen "create_stream_statement": a statement that only the grammar knows
CREATE STREAM persona.changes ON TABLE persona.customer;
-- good, unseen "hll": a function that the binder lacks
SELECT HLL(id) FROM persona.customer;

-- bad "PASSING": the view that was not kept
SELECT id FROM persona.passing;
-- bad "TOTL": a column that is not there
SELECT totl FROM persona.event_purchase;
-- bad "EVENT_REFUND": a table that is not there
SELECT id FROM persona.event_refund;
-- bad "letter case": a quoted name in the wrong case
SELECT "total" FROM persona.event_purchase;
-- bad "no function COUNTIF": BigQuery's function
SELECT COUNTIF(opted) FROM persona.customer;
-- bad "no function SAFE_DIVIDE": BigQuery's function, which the binder would run
SELECT SAFE_DIVIDE(score, 2) FROM persona.customer;
-- bad "no function TIMESTAMP_SUB": BigQuery's window
SELECT TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL '3 days');
-- bad "no function UNNEST": other engines' arrays
SELECT id FROM persona.event_purchase, UNNEST(tags);
-- bad "no function ON": PostgreSQL's DISTINCT ON
SELECT DISTINCT ON (customer) id FROM persona.event_purchase;
-- bad "grammar": PostgreSQL's and DuckDB's FILTER
SELECT COUNT(*) FILTER (WHERE total > 5) FROM persona.event_purchase;
-- bad "grammar": BigQuery's EXCEPT, which is EXCLUDE here
SELECT * EXCEPT (id) FROM persona.customer;
-- bad "grammar": BigQuery's quotes
SELECT `id` FROM persona.customer;
-- bad "grammar": BigQuery's type
SELECT CAST(visits AS INT64) FROM persona.customer;
-- bad "SPLIT_PART has 2 arguments": an argument too few
SELECT SPLIT_PART(email, '@') FROM persona.customer;
-- bad "NTILE needs OVER": quintiles of no order
SELECT NTILE(5) OVER (PARTITION BY country) FROM persona.customer;
-- bad "COUNT(DISTINCT ...)": a running count of distinct values
SELECT COUNT(DISTINCT customer) OVER (ORDER BY occurred) FROM persona.event_purchase;
-- bad "needs WAREHOUSE": nothing to refresh it
CREATE DYNAMIC TABLE persona.fresh TARGET_LAG = '1 hour' AS SELECT id FROM persona.customer;
-- bad "GROUP BY": a column outside GROUP BY
SELECT customer, id FROM persona.event_purchase GROUP BY customer;
-- bad "2 statements": more than one at a time
SELECT 1 AS one; SELECT 2 AS two;
