-- Who gets a cart_reminder in the 24 hours up to 2024-06-12 20:00 in London, and who does not and why, worked out by hand.
--
-- For DuckDB, run in the project's folder; the result is saved in messages.csv. Written from the reference, straight over the
-- data files. The logs hold London wall clocks, all in summer time, so they are compared as they are and `due` gets +01:00.

create or replace temp macro at_instant() as timestamp '2024-06-12 20:00:00';

create or replace temp view log as
select customer_id as customer, "at" as happened, action, sku, quantity, cast(price as decimal(9, 2)) as price
from 'data/basket.csv' where "at" <= at_instant();

create or replace temp view bought as
select customer_id as customer, "at" as happened from 'data/orders.csv' where "at" <= at_instant();

-- Each thing put in starts the hour; one more within the hour starts it again; an order within it ends it.
create or replace temp view reminder as
with added as (
  select customer, happened as started,
         lead(happened) over (partition by customer order by happened) as started_again
  from log
  where action = 'add' and happened > at_instant() - interval 24 hour)
select customer, started, started + interval 1 hour as due
from added
where started + interval 1 hour <= at_instant()
  and (started_again is null or started_again > started + interval 1 hour)
  and not exists (from bought where bought.customer = added.customer
                  and bought.happened > started and bought.happened <= started + interval 1 hour);

-- What is in the basket when the mail is sent, which is when the run decides, not when it was due: put in less taken out, since
-- the last order. Who was to be reminded at nine and comes back at six reads about what is in there now.
create or replace temp view item as
select r.customer, r.due, l.sku,
       sum(case when action = 'add' then quantity else -quantity end) as quantity,
       max(price) as price,
       max(case when action = 'add' then l.happened end) as added
from reminder r
join log l on l.customer = r.customer
where l.happened >= coalesce((select max(b.happened) from bought b where b.customer = r.customer),
                             timestamp '1970-01-01 00:00:00')
group by r.customer, r.due, l.sku
having sum(case when action = 'add' then quantity else -quantity end) > 0;

create or replace temp view basket as
select customer, due, string_agg(quantity || ' ' || sku, ', ' order by added desc, sku) as items,
       cast(sum(quantity * price) as decimal(9, 2)) as total
from item group by customer, due;

create or replace temp view judged as
select r.customer, r.due, b.items, b.total, p.tier,
       case
         when coalesce((select arg_max(action, c."at") from 'data/consents.csv' c
                        where c.customer_id = r.customer and c."at" <= at_instant()), 'never') <> 'given' then 'no consent'
         when p.email is null then 'no address'
         when b.items is null then 'the basket is empty'
       end as withheld
from reminder r
join 'data/customers.csv' p on p.customer_id = r.customer
left join basket b on b.customer = r.customer and b.due = r.due;

-- Once per 7 days: after a mail that was really sent, later hours of the same customer are silent.
create or replace temp view message as
select customer, strftime(due, '%Y-%m-%dT%H:%M:%S+01:00') as due, withheld, items, total,
       withheld is null and tier = 'gold' as discount
from judged j
where not exists (from judged earlier where earlier.customer = j.customer and earlier.due < j.due and earlier.withheld is null)
order by due, customer;

select * from message;
