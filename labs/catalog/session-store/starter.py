"""사용자 세션 저장소

인스턴스 메모리에 있던 로그인 세션을 캐시로 옮기고, 쓰는 동안 늘리고, 로그아웃하고, 인스턴스를 잃어도 이어 씁니다.
"""

# The dicts of the first step are filled by functions without types.
# mypy: disable-error-code="var-annotated"

# %% share-the-login rev=1 title="로그인을 함께 보기"
import json
import secrets

import redis

IDLE_TTL = 1800  # 30분


def connect(name):
    """인스턴스 하나가 캐시에 여는 연결입니다."""
    return redis.Redis(
        host="sessions.cache.lab",
        port=6379,
        client_name=name,
        decode_responses=True,
    )


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}
memory = {"app-1": {}, "app-2": {}}  # 인스턴스마다 따로


def log_in(app, user):
    """인스턴스 app이 로그인을 처리하고 세션 ID를 돌려줍니다."""
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    # 여기를 채우세요: 메모리 대신 캐시에 씁니다.
    memory[app][session_id] = session
    return session_id


def find_session(app, session_id):
    """인스턴스 app이 세션을 찾습니다. 없으면 None입니다."""
    # 여기를 채우세요: 메모리 대신 캐시에서 읽습니다.
    return memory[app].get(session_id)


cookie = log_in("app-1", "하은")
for app in ["app-1", "app-2", "app-1", "app-2"]:
    session = find_session(app, cookie)
    print(app, "→", session["user"] if session else "로그인 화면")

# %% slide-the-ttl rev=1 title="쓰는 동안 늘리기"
import time


def open_session(app, session_id):
    """세션을 찾고, 있으면 TTL을 IDLE_TTL초로 되돌립니다."""
    # 여기를 채우세요: 읽으면서 TTL도 되돌립니다.
    return find_session(app, session_id)


def add_to_cart(app, session_id, item):
    """장바구니에 담고 목록을 돌려줍니다. 세션이 없으면 None입니다."""
    session = open_session(app, session_id)
    if session is None:
        return None
    session["cart"].append(item)
    # 여기를 채우세요: 고친 세션을 캐시에 다시 씁니다.
    return session["cart"]


cookie = log_in("app-1", "하은")
add_to_cart("app-1", cookie, "제육 도시락")
for minutes, app in [(20, "app-2"), (20, "app-1"), (31, "app-2")]:
    time.sleep(minutes * 60)
    session = open_session(app, cookie)
    seen = session["cart"] if session else "로그인 화면"
    print(f"{minutes}분 쉬고 {app} →", seen)

# %% log-out-everywhere rev=1 title="모든 기기에서 로그아웃"


def user_key(user):
    """사용자의 세션 ID를 모아 두는 집합의 키입니다."""
    return f"sessions-of:{user}"


def log_in(app, user):
    """인스턴스 app이 로그인을 처리하고 세션 ID를 돌려줍니다."""
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    text = json.dumps(session, ensure_ascii=False)
    apps[app].set(f"session:{session_id}", text, ex=IDLE_TTL)
    # 여기를 채우세요: 사용자의 집합에 세션 ID를 넣습니다.
    return session_id


def log_out(app, session_id):
    """이 세션 하나만 끝냅니다. 이미 없으면 그대로 둡니다."""
    session = find_session(app, session_id)
    if session is None:
        return
    # 여기를 채우세요: 세션을 지우고 집합에서도 뺍니다.


def log_out_everywhere(app, user):
    """사용자의 세션을 모두 끝내고, 살아 있던 세션의 수를 돌려줍니다."""
    # 여기를 채우세요: 집합의 세션을 모두 지우고 집합에서도 뺍니다.
    return 0


phone = log_in("app-1", "하은")
laptop = log_in("app-2", "하은")
tablet = log_in("app-1", "하은")
cookies = {"휴대폰": phone, "노트북": laptop, "태블릿": tablet}


def show():
    for device, cookie in cookies.items():
        found = find_session("app-2", cookie)
        print(f"  {device}:", "로그인" if found else "로그인 화면")


log_out("app-2", phone)
print("휴대폰에서 로그아웃한 뒤")
show()
print("모든 기기에서 로그아웃:", log_out_everywhere("app-1", "하은"))
show()

# %% count-devices rev=1 title="끝난 세션 정리하기"


def devices(app, user):
    """지금 로그인한 기기의 수입니다. 끝난 세션의 ID는 집합에서 뺍니다."""
    # 여기를 채우세요: 살아 있는 세션만 세고, 나머지는 뺍니다.
    return apps[app].scard(user_key(user))


old = log_in("app-1", "하은")
time.sleep(20 * 60)
new = log_in("app-2", "하은")
print("로그인 두 번:", devices("app-1", "하은"))
time.sleep(15 * 60)
print("15분 뒤:", devices("app-2", "하은"))
print("집합에 남은 ID:", apps["app-1"].scard(user_key("하은")))

# %% lose-an-instance rev=1 title="인스턴스를 잃어도 그대로"


def stop(app):
    """인스턴스가 멈추어 사라집니다. 그 메모리도 사라집니다."""
    apps.pop(app, None)


def start(app):
    """새 인스턴스를 띄웁니다."""
    # 여기를 채우세요: 캐시에 연결해 apps에 넣습니다.


def serve(number, session_id):
    """살아 있는 인스턴스가 돌아가며 요청을 맡습니다.

    number번째 요청을 맡은 인스턴스와 사용자를 돌려줍니다.
    세션이 없으면 사용자는 None입니다.
    """
    app = "app-1"
    # 여기를 채우세요: 맡을 인스턴스를 number로 고르고 세션을 엽니다.
    return app, None


def visit(session_id):
    for number in range(4):
        app, user = serve(number, session_id)
        print(f"  {app} →", user or "로그인 화면")


cookie = log_in("app-1", "하은")
print("인스턴스 두 대")
visit(cookie)
stop("app-1")
print("로그인을 맡았던 app-1을 잃은 뒤")
visit(cookie)
start("app-3")
print("새 app-3을 띄운 뒤")
visit(cookie)
