"""Makes every data file of this example: the real invoices, packed, and the people around them, invented.

    python make.py PATH/TO/online_retail.parquet          # writes next to this script

The raw file is UCI "Online Retail" (D. Chen, CC BY 4.0) with its eight columns in snake case. What is real and what
is invented is told in README.md, column by column. The same input gives the same values, row for row.

Made with Python 3.11, duckdb==2.0.0, pyarrow==26.0.1.
"""

import csv
import math
import random
import re
import sys
from bisect import bisect_right
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
SEED = "retail-2011"
LONDON = ZoneInfo("Europe/London")
LAST_INSTANT = datetime(2011, 12, 9, 12, 50)  # UTC; the last invoice of the raw file
NEWSLETTERS_FROM = [datetime(2011, 6, 2, 9), datetime(2011, 6, 4, 10)]  # London wall clock: Thursdays and Saturdays

# Country in the raw file -> ISO code and a time zone. ZZ: the raw file does not say where the customer lives.
COUNTRIES = {
    "Australia": ("AU", "Australia/Sydney"), "Austria": ("AT", "Europe/Vienna"), "Bahrain": ("BH", "Asia/Bahrain"),
    "Belgium": ("BE", "Europe/Brussels"), "Brazil": ("BR", "America/Sao_Paulo"), "Canada": ("CA", "America/Toronto"),
    "Channel Islands": ("JE", "Europe/Jersey"), "Cyprus": ("CY", "Asia/Nicosia"),
    "Czech Republic": ("CZ", "Europe/Prague"), "Denmark": ("DK", "Europe/Copenhagen"), "EIRE": ("IE", "Europe/Dublin"),
    "European Community": ("ZZ", None), "Finland": ("FI", "Europe/Helsinki"), "France": ("FR", "Europe/Paris"),
    "Germany": ("DE", "Europe/Berlin"), "Greece": ("GR", "Europe/Athens"), "Hong Kong": ("HK", "Asia/Hong_Kong"),
    "Iceland": ("IS", "Atlantic/Reykjavik"), "Israel": ("IL", "Asia/Jerusalem"), "Italy": ("IT", "Europe/Rome"),
    "Japan": ("JP", "Asia/Tokyo"), "Lebanon": ("LB", "Asia/Beirut"), "Lithuania": ("LT", "Europe/Vilnius"),
    "Malta": ("MT", "Europe/Malta"), "Netherlands": ("NL", "Europe/Amsterdam"), "Norway": ("NO", "Europe/Oslo"),
    "Poland": ("PL", "Europe/Warsaw"), "Portugal": ("PT", "Europe/Lisbon"), "RSA": ("ZA", "Africa/Johannesburg"),
    "Saudi Arabia": ("SA", "Asia/Riyadh"), "Singapore": ("SG", "Asia/Singapore"), "Spain": ("ES", "Europe/Madrid"),
    "Sweden": ("SE", "Europe/Stockholm"), "Switzerland": ("CH", "Europe/Zurich"),
    "USA": ("US", "America/New_York"), "United Arab Emirates": ("AE", "Asia/Dubai"),
    "United Kingdom": ("GB", "Europe/London"), "Unspecified": ("ZZ", None),
}

FIRST_NAMES = """Ada Alan Alice Amara Anna Arthur Beatrice Ben Bridget Charlie Chloe Clara Daniel David Dora Edith Edward
Elena Eliza Emma Erik Esther Fatima Felix Finn Flora Frank Freya George Grace Hannah Harriet Harry Helen Henry Hugo Ida
Imran Iris Isaac Ivy Jack James Jane Jonas Joseph Julia Karim Kate Laila Laura Leo Lewis Lily Louis Lucy Maria Martha Martin
Mary Matilda Max Maya Mia Nadia Nina Noah Nora Oliver Olivia Omar Oscar Owen Paula Peter Phoebe Rosa Ruth Sam Samuel Sarah
Simon Sofia Sophie Stella Thomas Tilda Tom Vera Victor Violet Walter Wendy William Yusuf Zara Zoe Zoë""".split()
LAST_NAMES = """Adams Ahmed Allen Baker Barnes Bell Bennett Berg Brooks Brown Butler Carter Clark Cole Collins Cooper Cox
Davies Dixon Edwards Ellis Evans Fischer Fisher Foster Fox Garcia Gibson Graham Grant Gray Green Hall Harris Hill Holmes
Hughes Hunt Jackson James Jensen Johnson Jones Kelly Khan King Knight Larsen Lee Lewis Lloyd Marsh Martin Mason Meyer Miller
Mills Moore Morgan Morris Murphy Murray O'Brien O'Connor Owen Palmer Parker Patel Pearce Phillips Porter Powell Price
Reid Reynolds Richards Roberts Robinson Rogers Rose Ross Rossi Russell Schmidt Scott Shaw Silva Singh Smith Spencer Stevens
Stewart Stone Taylor Thomas Thompson Turner Walker Walsh Ward Watson Webb Weber West White Williams Wilson Wood Wright
Young""".split()


def chance(purpose, key):
    """A generator of its own for each purpose and customer, so that changing one leaves the others as they are."""
    return random.Random(f"{SEED}:{purpose}:{key}")


def utc(wall_clock):
    """A naive London wall clock as a naive UTC instant."""
    return wall_clock.replace(tzinfo=LONDON).astimezone(timezone.utc).replace(tzinfo=None)


def seconds(value):
    return timedelta(seconds=int(value))


def write(name, schema, rows, **options):
    """Sorted rows of tuples as one Parquet file in a single row group."""
    columns = zip(*rows)
    table = pa.table([pa.array(c, type=f.type) for c, f in zip(columns, schema)], schema=schema)
    pq.write_table(table, HERE / name, compression="zstd", compression_level=19, row_group_size=1 << 20,
                   write_statistics=False, store_schema=False, **options)
    print(f"{name:24}{len(rows):>9,} rows{(HERE / name).stat().st_size:>12,} bytes")


def transactions(raw):
    """Every line of every invoice, cancellations and lines without a customer included; only descriptions go."""
    rows = raw.execute("""
        select invoice_no, stock_code, quantity, invoice_date, cast(unit_price as decimal(9, 3)), cast(customer_id as varchar)
        from raw order by invoice_date, invoice_no, customer_id, stock_code, quantity, unit_price""").fetchall()
    schema = pa.schema([("invoice_no", pa.string()), ("stock_code", pa.string()), ("quantity", pa.int32()),
                        ("invoice_date", pa.timestamp("ms")), ("unit_price", pa.decimal128(9, 3)),
                        ("customer_id", pa.string())])
    write("transactions.parquet", schema, rows)


def products(raw):
    """The catalogue: goods that were sold for money, named by what most invoices call them."""
    keywords = [(re.compile(rf"\b{re.escape(row['keyword'])}S?\b"), row["category"])
                for row in csv.DictReader(open(HERE / "categories.csv", newline=""))]
    sold = raw.execute("""
        select stock_code, trim(description), count(*), max(invoice_date), list(unit_price)
        from raw where quantity > 0 and unit_price > 0 and description is not null
          and regexp_matches(stock_code, '^([0-9]{5}[A-Za-z]*|DCGS.*|PADS)$')
        group by all""").fetchall()
    by_code = {}
    for code, description, lines, last_sold, prices in sold:
        by_code.setdefault(code, []).append((-lines, description, last_sold, prices))
    rows = []
    for code, names in sorted(by_code.items()):
        description = min(names)[1]
        category = next((c for pattern, c in keywords if pattern.search(description.upper())), "home")
        prices = sorted(price for name in names for price in name[3])
        median = Decimal(str(prices[len(prices) // 2])).quantize(Decimal("0.01"))
        in_stock = max(name[2] for name in names) >= datetime(2011, 10, 1)
        rows.append((code, title(description), median, category, f"https://shop.example/img/{code}.jpg", in_stock))
    schema = pa.schema([("stock_code", pa.string()), ("name", pa.string()), ("price", pa.decimal128(9, 2)),
                        ("category", pa.string()), ("image_url", pa.string()), ("in_stock", pa.bool_())])
    write("products.parquet", schema, rows)


def title(description):
    """SHOUTED WORDS as a Title, with small words kept small and the s of `'s` too."""
    small = {"a", "and", "for", "in", "of", "on", "the", "to", "with"}
    words = " ".join(description.split()).lower().split(" ")
    raised = [w if n and w in small else re.sub(r"(^|[-/(&\"])([a-z])", lambda m: m[1] + m[2].upper(), w)
              for n, w in enumerate(words)]
    return " ".join(raised)


def people(raw):
    """One dict for each customer of the raw file: id, country and purchases are real, the rest is invented."""
    known = raw.execute("""
        with countries as (
          select cast(customer_id as varchar) as id, country,
                 row_number() over (partition by customer_id order by count(*) desc, country) as place
          from raw where customer_id is not null group by customer_id, country),
        first_seen as (
          select cast(customer_id as varchar) as id, min(invoice_date) as first_line
          from raw where customer_id is not null group by customer_id)
        select id, country, first_line from countries join first_seen using (id) where place = 1 order by id""").fetchall()
    invoices = {}
    for customer, when in raw.execute("""
            select cast(customer_id as varchar), min(invoice_date) from raw
            where customer_id is not null and quantity > 0 group by invoice_no, customer_id order by 1, 2""").fetchall():
        invoices.setdefault(customer, []).append(utc(when))
    return [person(id, country, utc(first), invoices.get(id, [])) for id, country, first in known]


def person(id, country, first_line, invoices):
    luck = chance("person", id)
    first, last = luck.choice(FIRST_NAMES), luck.choice(LAST_NAMES)
    code, zone = COUNTRIES[country]
    local_part = re.sub(r"[^a-z.]", "", f"{first}.{last}".lower().replace("ë", "e"))
    email = f"{local_part}.{id}@example.{luck.choice(['com', 'com', 'net', 'org'])}"
    loyalty = len(invoices) * luck.lognormvariate(0, 0.5)  # the points of an invented loyalty scheme
    born = date(1935, 1, 1) + timedelta(days=luck.randrange(58 * 365))
    return {
        "id": id,
        "email": None if luck.random() < 0.01 else email,
        "untidy": luck.random() < 0.03,  # typed with capitals and spaces, as people do
        "first_name": None if luck.random() < 0.12 else first,
        "last_name": last,
        "birthday": None if luck.random() < 0.40 else born,
        "country": code,
        "tier": "gold" if loyalty >= 11 else "silver" if loyalty >= 4 else "bronze",
        "signed_up": first_line - seconds(min(luck.expovariate(1 / 40_000), 7 * 86_400) + 300),
        "timezone": zone,
        "invoices": invoices,
    }


def customers(everyone):
    rows = [(p["id"], f" {p['email'].title()} " if p["email"] and p["untidy"] else p["email"], p["first_name"],
             p["last_name"], p["birthday"], p["country"], p["tier"], p["signed_up"], p["timezone"]) for p in everyone]
    schema = pa.schema([("customer_id", pa.string()), ("email_address", pa.string()), ("first_name", pa.string()),
                        ("last_name", pa.string()), ("birthday", pa.date32()), ("country", pa.string()),
                        ("tier", pa.string()), ("signed_up", pa.timestamp("ms")), ("timezone", pa.string())])
    write("customers.parquet", schema, rows)


def consent_of(p):
    """What one customer said about marketing e-mail, and when: (instant, given or withdrawn), oldest first."""
    luck = chance("consent", p["id"])
    if luck.random() >= 0.75:
        return []
    when = p["signed_up"] + seconds(luck.uniform(30, 900))
    if luck.random() < 0.15:  # was asked again later
        when += seconds(luck.uniform(1, 90) * 86_400)
    said = [(when, "given")]
    if luck.random() < 0.08:
        said.append((when + seconds(luck.uniform(5, 250) * 86_400), "withdrawn"))
        if luck.random() < 0.15:
            said.append((said[-1][0] + seconds(luck.uniform(1, 60) * 86_400), "given"))
    return [entry for entry in said if entry[0] <= LAST_INSTANT]


def consents(everyone):
    rows = sorted((at, p["id"], action) for p in everyone for at, action in consent_of(p))
    schema = pa.schema([("at", pa.timestamp("ms")), ("customer_id", pa.string()), ("action", pa.string())])
    write("consents.parquet", schema, rows)


def engagement(everyone):
    """Opens and clicks of the newsletter, twice a week: the more someone has bought, the likelier they read it."""
    planned = [utc(first + timedelta(weeks=week)) for week in range(53) for first in NEWSLETTERS_FROM]
    sendings = [sent for sent in planned if sent <= LAST_INSTANT]
    opens, clicks = [], []
    for p in everyone:
        luck = chance("engagement", p["id"])
        keenness = luck.lognormvariate(0, 0.4)
        said = consent_of(p)
        for sent in sendings:
            heard = bisect_right([at for at, _ in said], sent)
            if not p["email"] or not heard or said[heard - 1][1] != "given":
                continue
            bought = bisect_right(p["invoices"], sent)
            if luck.random() >= min(0.85, keenness * (0.04 + 0.13 * math.log1p(bought))):
                continue
            opened = sent + seconds(min(luck.lognormvariate(math.log(4 * 3_600), 1.4), 6.5 * 86_400))
            clicked = opened + seconds(luck.uniform(4, 240)) if luck.random() < 0.3 else None
            if opened <= LAST_INSTANT:
                opens.append((opened, p["id"], "newsletter"))
            if clicked and clicked <= LAST_INSTANT:
                clicks.append((clicked, p["id"], "newsletter"))
    schema = pa.schema([("at", pa.timestamp("ms")), ("customer_id", pa.string()), ("email_name", pa.string())])
    write("email_opens.parquet", schema, sorted(opens))
    write("email_clicks.parquet", schema, sorted(clicks))


def suppression(everyone):
    """Addresses nothing may go to: some bounced for good, some complained."""
    reachable = sorted(p["email"] for p in everyone if p["email"])
    luck = chance("suppression", "all")
    rows = sorted((address, luck.choice(["hard bounce", "hard bounce", "complaint"]))
                  for address in luck.sample(reachable, 24))
    with open(HERE / "suppression.csv", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("address", "reason"), *rows])
    print(f"{'suppression.csv':24}{len(rows):>9,} rows")


def main(path):
    raw = duckdb.connect(":memory:", config={"threads": "1"})
    raw.execute("create table raw as select * from read_parquet(?)", [path])
    transactions(raw)
    products(raw)
    everyone = people(raw)
    customers(everyone)
    consents(everyone)
    engagement(everyone)
    suppression(everyone)
    print(Counter(p["tier"] for p in everyone))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
