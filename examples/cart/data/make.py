"""Makes the data of this example: a real shop's rhythm with invented baskets, and eight people with a story.

    python make.py PATH/TO/retentioneering_ecom_events.csv.gz      # writes next to this script

The raw file is Retentioneering's synthetic shop click stream (Apache-2.0): who looked, added, opened the basket and
bought, and when, but not what. What was in the baskets, and who the people are, is drawn from a fixed seed.
`products.csv` and `named.csv` are written by hand. The same input gives the same bytes.

Python 3.11, its standard library only.
"""

import csv
import gzip
import random
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
SEED = "cart-2024"
FROM, UNTIL = datetime(2024, 5, 30), datetime(2024, 6, 13)  # a fortnight, by the clock in London

NAMES = """Adil Agnes Alma Anton Asha Bea Boris Carla Cem Dana Edda Eli Emil Esra Fay Gia Gus Hedda Hugo Ines Ira Jan Juno Kai
Karl Lea Leon Lina Lou Mara Max Mina Nils Nora Ole Olga Pia Ravi Rita Ruben Sami Sara Sven Tara Theo Uma Vic Wanda Yara
Zoe""".split()

# The people of the README: id, first name, address, tier.
NAMED = [
    ("ada", "Ada", "ada@example.com", "gold"),
    ("ben", "Ben", "ben@example.com", "bronze"),
    ("cleo", "Cleo", "cleo@example.com", "silver"),
    ("dan", "Dan", "dan@example.com", "bronze"),
    ("eve", "Eve", "eve@example.com", "silver"),
    ("finn", "Finn", "", "bronze"),
    ("hal", "Hal", "hal@example.com", "bronze"),
    ("ivy", "", "ivy@example.com", "silver"),
]
NAMED_CONSENT = [(datetime(2024, 4, 2, 12), name, "given") for name, *_ in NAMED]
NAMED_CONSENT.append((datetime(2024, 5, 20, 8, 15), "eve", "withdrawn"))

with open(HERE / "products.csv", newline="") as file:
    PRICES = {row["sku"]: Decimal(row["price"]) for row in csv.DictReader(file)}


def chance(purpose, key):
    """A generator of its own for each purpose and person, so that changing one leaves the others as they are."""
    return random.Random(f"{SEED}:{purpose}:{key}")


def write(name, header, rows):
    with open(HERE / name, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    print(f"{name:20}{len(rows):>6} rows")


def read_clicks(path):
    """Raw events of the fortnight by user, in order: (at, event), with a second between any two."""
    by_user, lifecycle = defaultdict(list), {}
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["timestamp"])
            if FROM <= at < UNTIL and row["event"] in ("product_view", "add_to_cart", "cart", "purchase"):
                by_user[row["user_id"]].append((at, row["event"]))
                lifecycle[row["user_id"]] = row["user_lifecycle"]
    for user, events in by_user.items():
        events.sort()
        for n in range(1, len(events)):
            events[n] = (max(events[n][0], events[n - 1][0] + timedelta(seconds=1)), events[n][1])
    return by_user, lifecycle


def shop(user, events):
    """Fills one user's clicks with goods: yields (at, action, sku, quantity) as in named.csv."""
    luck, basket, looking_at = chance("basket", user), {}, None
    for at, event in events:
        if event == "product_view":
            looking_at = luck.choice(list(PRICES))
            yield at, "view", looking_at, None
        elif event == "add_to_cart":
            sku, quantity = looking_at or luck.choice(list(PRICES)), luck.choice([1, 1, 1, 2, 3])
            basket[sku] = basket.get(sku, 0) + quantity
            yield at, "add", sku, quantity
        elif event == "cart" and basket and luck.random() < 0.35:  # opened the basket and thought better of it
            sku = luck.choice(list(basket))
            quantity = luck.randint(1, basket[sku])
            basket[sku] -= quantity
            basket = {sku: left for sku, left in basket.items() if left}
            yield at, "remove", sku, quantity
        elif event == "purchase" and basket:
            basket = {}
            yield at, "buy", None, None


def person(user, lifecycle):
    luck = chance("person", user)
    name = luck.choice(NAMES)
    address = f"{name.lower()}.{user[-4:]}@example.{luck.choice(['com', 'net', 'org'])}"
    tier = {"new": "bronze", "returning": "silver", "loyal": "gold"}.get(lifecycle, "bronze")
    return user, name if luck.random() > 0.1 else "", address if luck.random() > 0.03 else "", tier


def consent(user):
    luck = chance("consent", user)
    given = datetime(2023, 9, 1) + timedelta(seconds=luck.randrange(250 * 86_400))
    withdrawn = given + timedelta(seconds=luck.randrange(86_400, 300 * 86_400))
    if luck.random() < 0.8:
        yield given, user, "given"
        if luck.random() < 0.1 and withdrawn < UNTIL:
            yield withdrawn, user, "withdrawn"


def main(path):
    clicks, lifecycle = read_clicks(path)
    done = [(at, user, *rest) for user, events in clicks.items() for at, *rest in shop(user, events)]
    with open(HERE / "named.csv", newline="") as file:
        for row in csv.DictReader(file):
            quantity = int(row["quantity"]) if row["quantity"] else None
            done.append((datetime.fromisoformat(row["at"]), row["customer_id"], row["action"], row["sku"], quantity))
    done.sort(key=lambda event: event[:2])

    views, log, orders, basket = [], [], [], defaultdict(dict)
    for at, user, action, sku, quantity in done:
        if action == "view":
            views.append((at, user, sku))
        elif action == "buy":
            total = sum(PRICES[sku] * left for sku, left in basket.pop(user).items())
            orders.append((at, user, f"R{1001 + len(orders)}", total))
        else:
            basket[user][sku] = basket[user].get(sku, 0) + (quantity if action == "add" else -quantity)
            log.append((at, user, action, sku, quantity, PRICES[sku]))

    write("views.csv", ("at", "customer_id", "sku"), views)
    write("basket.csv", ("at", "customer_id", "action", "sku", "quantity", "price"), log)
    write("orders.csv", ("at", "customer_id", "order_id", "total"), orders)
    write("customers.csv", ("customer_id", "first_name", "email", "tier"),
          NAMED + [person(user, lifecycle[user]) for user in sorted(clicks)])
    write("consents.csv", ("at", "customer_id", "action"),
          sorted(NAMED_CONSENT + [entry for user in sorted(clicks) for entry in consent(user)]))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
