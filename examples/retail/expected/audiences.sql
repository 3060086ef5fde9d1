-- Who is in which segment and stage at 2011-12-01T09:00 in London (09:00 UTC in winter), worked out by hand.
--
-- For DuckDB, run in the project's folder. Written from the reference, straight over the data files, without looking at
-- what the compiler emits: it is the second opinion the tests compare the compiler with. All instants are naive UTC.
--
--   audience_size   (audience, size)       a row for every segment and stage; saved in audiences.csv
--   audience_member (audience, customer)   a row for every member

create or replace temp macro at_instant() as timestamp '2011-12-01 09:00:00';

-- London wall clock to UTC. Summer time in the data's years: 2011-03-27 to 2011-10-30, 01:00 UTC both times. The hour that
-- occurs twice, 01:00 to 02:00 on 30 October, counts as its first occurrence, in summer time.
create or replace temp macro london_to_utc(wall) as
  case when wall >= timestamp '2011-03-27 02:00:00' and wall < timestamp '2011-10-30 02:00:00'
       then wall - interval 1 hour else wall end;

-- An order number is unique: were two customers to share one, the earliest invoice would count.
create or replace temp view invoice as
select customer_id as customer, invoice_no, london_to_utc(min(invoice_date)) as happened,
       cast(sum(quantity * unit_price) as decimal(38, 9)) as total,
       max(case when product.category = 'gifts' then 1 else 0 end) as has_gifts
from 'data/transactions.parquet' line
left join 'data/products.parquet' product on product.stock_code = line.stock_code
where quantity > 0 and customer_id is not null
group by invoice_no, customer_id;

create or replace temp view purchase as
select * from invoice where happened <= at_instant()
qualify row_number() over (partition by invoice_no order by happened) = 1;

create or replace temp view refund as
select customer_id as customer, invoice_no, cast(-sum(quantity * unit_price) as decimal(38, 9)) as total
from 'data/transactions.parquet'
where quantity < 0 and customer_id is not null
group by invoice_no, customer_id
having london_to_utc(min(invoice_date)) <= at_instant();

create or replace temp view click as
select customer_id as customer, "at" as happened from 'data/email_clicks.parquet' where "at" <= at_instant();

create or replace temp view engagement as
select customer_id as customer, "at" as happened from 'data/email_opens.parquet' where "at" <= at_instant()
union all
select customer, happened from click;

create or replace temp view activity as
select customer, happened from purchase
union all
select customer, happened from click;

create or replace temp view facts as
with bought as (
  select customer,
         sum(total) as spent,
         count(*) filter (where happened > at_instant() - interval 720 hour) as orders_30d,
         count(*) filter (where happened > at_instant() - interval 8760 hour) as orders_365d,
         sum(total) filter (where happened > at_instant() - interval 8760 hour) as spent_365d,
         count(*) filter (where has_gifts = 1 and happened > at_instant() - interval 2160 hour) as gift_orders_90d
  from purchase group by customer),
returned as (select customer, sum(total) as refunded from refund group by customer),
read_mail as (select customer, max(happened) as last_engaged from engagement group by customer),
acted as (select customer, max(happened) as last_active from activity group by customer)
select c.customer_id as customer, c.signed_up,
       coalesce(spent, 0) - coalesce(refunded, 0) as net_spend,
       coalesce(orders_30d, 0) as orders_30d,
       coalesce(orders_365d, 0) as orders_365d,
       coalesce(spent_365d, 0) as spent_365d,
       coalesce(gift_orders_90d, 0) as gift_orders_90d,
       coalesce(last_engaged > at_instant() - interval 168 hour, false) as engaged_7d,
       coalesce(last_engaged > at_instant() - interval 720 hour, false) as engaged_30d,
       coalesce(last_active > at_instant() - interval 1080 hour, false) as active_45d,
       coalesce(last_active > at_instant() - interval 1440 hour, false) as active_60d
from 'data/customers.parquet' c
left join bought on bought.customer = c.customer_id
left join returned on returned.customer = c.customer_id
left join read_mail on read_mail.customer = c.customer_id
left join acted on acted.customer = c.customer_id;

-- avg(total) > 100 is decided as sum > 100 * count; with no orders the average is missing and the comparison false.
create or replace temp view judged as
select *, orders_30d > 3 and orders_365d > 0 and spent_365d > 100 * orders_365d and engaged_7d as is_high_value
from facts;

create or replace temp view audience_member as
select 'high_value' as audience, customer from judged where is_high_value
union all
select 'engaged', customer from judged where engaged_30d
union all
select 'big_spenders', customer from judged where net_spend >= 5000
union all
select 'gift_buyers', customer from judged where gift_orders_90d >= 2
union all
select 'lapsing', customer from judged where active_60d and not active_45d
union all
select 'stage.' || case
         when signed_up > at_instant() - interval 168 hour and signed_up <= at_instant() then 'new'
         when is_high_value then 'vip'
         when not active_60d and signed_up < at_instant() - interval 1440 hour then 'lapsed'
         else 'active' end, customer
from judged;

create or replace temp view audience_size as
select audience, count(*) as size from audience_member group by audience order by audience;

select * from audience_size;
