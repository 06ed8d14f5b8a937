"""캐시 히트와 미스

상품 페이지 앞에 캐시를 두고, 캐시에 먼저 묻고, 미스일 때 채우고, 값이 바뀌면 무효화합니다.
"""

# ruff: noqa: F841, RET504 - a starter has gaps

# %% look-first rev=1 title="캐시에 먼저 묻기"
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    """RDS에서 상품을 읽습니다. 없는 상품이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    key = f"product:{product_id}"
    # 여기를 채우세요: 캐시에서 key를 읽고, 값이 있으면 dict로 바꾸어 돌려줍니다.
    return load_product(product_id)


print(get_product(1))  # 다른 서버가 캐시에 넣어 둔 상품
print(get_product(2))  # 아직 캐시에 없는 상품
print(f"DB 조회 {db.reads}회")

# %% fill-on-miss rev=1 title="미스일 때 채우기"
TTL_SECONDS = 60


def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    # 여기를 채우세요: 읽어 온 상품을 JSON 글자로 바꾸어 캐시에 씁니다. TTL은 TTL_SECONDS초입니다.
    return product


def hit_rate():
    """캐시 적중률을 0과 1 사이의 수로 돌려줍니다. 조회가 없었으면 0입니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    misses = stats["keyspace_misses"]
    # 여기를 채우세요: hits와 misses로 적중률을 계산합니다.
    return 0


for product_id in [1, 2, 1, 1, 3, 1, 2, 1]:
    get_product(product_id)
print(f"적중률 {hit_rate():.1%}, DB 조회 {db.reads}회")

# %% expire-and-invalidate rev=1 title="만료와 무효화"
import time


def change_price(product_id, price):
    """상품 가격을 바꿉니다. 다음 조회부터 새 가격이 보여야 합니다."""
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    # 여기를 채우세요: 이 상품의 옛 값이 캐시에 남지 않게 합니다.


def seconds_left(product_id):
    """캐시에 있는 상품이 몇 초 뒤에 만료되는지 돌려줍니다. 캐시에 없으면 0입니다."""
    # 여기를 채우세요: 남은 TTL을 캐시에 물어봅니다.
    return 0


print("처음:", get_product(1)["price"])
change_price(1, 9900)
print("가격을 바꾼 직후:", get_product(1)["price"])

# 다른 부서의 프로그램이 캐시를 모른 채 DB를 바로 고쳤습니다.
db.execute("UPDATE products SET price = %s WHERE id = %s", (7900, 1))
print("DB만 고친 직후:", get_product(1)["price"], f"({seconds_left(1)}초 뒤 만료)")
time.sleep(61)
print("61초 뒤:", get_product(1)["price"])
