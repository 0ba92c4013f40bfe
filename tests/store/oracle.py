"""What the store must know, in the words of its design: a second, small store in memory.

It shares nothing with the real one: not its tables, its hashes or its transactions. Where the
design leaves room (somebody forgotten), what is less permitted is right."""
import dataclasses

ON, OFF, UNKNOWN = "on", "off", "unknown"
SECOND = 1_000_000

# Spellings: the mailbox that they reach, and which of them are one spelling.
PEOPLE = {
    "email:joe@x.example": ("joe", 0), "email:Joe@x.example": ("joe", 1),
    "email:JOE@X.EXAMPLE": ("joe", 2), "email:joe@X.Example.": ("joe", 0),
    "email:\"joe\"@x.example": ("joe", 0),
    "email:ann+tag@x.example": ("ann+tag", 0), "email:ann@x.example": ("ann", 0),
    "email:jörg@bücher.example": ("jörg", 0), "email:jo\u0308rg@xn--bcher-kva.example": ("jörg", 0),
    "email:JÖRG@bücher.example": ("jörg", 1),
    "tel:+49 30 1234567": ("tel", 0), "tel:+49301234567": ("tel", 0),
    "id:7": ("id7", 0), "id:8": ("id8", 0),
}
RECORDS = {"record:issue:1": ("issue1", 0), "record:issue:2": ("issue2", 0)}
KINDS = {"email": 1, "tel": 2, "id": 3, "record": 4}


@dataclasses.dataclass
class Policy:
    """events: what each switches, as (state, value); requests wait until they are done. on_only:
    states that refuse when on, and only then. both: refuse either way."""
    events: dict
    requests: set
    states: dict  # name: of a "person" or a "record"
    on_only: set
    grants: set
    points: dict  # point: states that must be (on, off)
    formerly: dict = dataclasses.field(default_factory=dict)


SHOP = Policy(
    events={"address-confirmed": [("subscribed", ON)], "unsubscribe": [("subscribed", OFF)],
            "accept-cookies": [("cookies-accepted", ON)],
            "withdraw-cookies": [("cookies-accepted", OFF)],
            "stop-catalogue": [("catalogue-stopped", ON)], "child-found": [("known-child", ON)],
            "copy-of-data": []},
    requests={"unsubscribe", "accept-cookies", "withdraw-cookies", "stop-catalogue",
              "copy-of-data"},
    states={"subscribed": "person", "cookies-accepted": "person", "catalogue-stopped": "person",
            "known-child": "person"},
    on_only={"catalogue-stopped", "known-child"},
    grants={"address-confirmed", "accept-cookies"},
    points={"us email customer advertising.news": (["subscribed"], ["known-child"]),
            "mailer email customer advertising.news": (["subscribed"], ["known-child"]),
            "us post customer advertising.catalogue": ([], ["catalogue-stopped", "known-child"]),
            "web-shop use cookie.campaign advertising.campaigns": (["cookies-accepted"], [])},
)
JIBROK = Policy(
    events={"opt-out": [("opted-out", ON)], "private-request": [("private", ON)],
            "cookies-disabled": [("cookies-refused", ON)],
            "cookies-enabled": [("cookies-refused", OFF)]},
    requests={"opt-out", "private-request"},
    states={"opted-out": "person", "private": "record", "cookies-refused": "person"},
    on_only={"opted-out", "private", "cookies-refused"},
    grants={"cookies-enabled"},
    points={"us email licensee notify.expiry": ([], ["opted-out"]),
            "us show issue.text everybody": ([], ["private"]),
            "website store cookie-id browser": ([], ["cookies-refused"])},
)


def renamed(policy, before, now, formerly):
    """The policy with another name for a state, which says what it was called, or does not."""
    def of(name):
        return now if name == before else name
    return Policy(
        events={what: [(of(s), v) for s, v in does] for what, does in policy.events.items()},
        requests=policy.requests, states={of(s): kind for s, kind in policy.states.items()},
        on_only={of(s) for s in policy.on_only}, grants=policy.grants,
        points={p: ([of(s) for s in on], [of(s) for s in off])
                for p, (on, off) in policy.points.items()},
        formerly=dict(policy.formerly, **({before: now} if formerly else {})))


@dataclasses.dataclass
class Row:
    value: str
    received: int
    pending: int = 0

    def refuses(self, state, policy):
        if self.pending or self.value == UNKNOWN:
            return True
        return self.value == ON and state in policy.on_only


class Oracle:
    def __init__(self, policy):
        self.policy = policy
        self.now = 0
        self.rows = {}       # (mailbox, epoch, spelling, stored name): Row
        self.waiting = []    # requests: dicts
        self.links = []      # (mailbox, spelling, mailbox, spelling)
        self.kinds = {}      # mailbox: kind
        self.settled = set()
        self.known_from = {1: None}
        self.maps = {}
        self.sequence = 0

    # Names and keys

    def meaning(self, name):
        """The state that a stored name is; None: nothing any more; "?": not known."""
        if name in self.policy.states:
            return name
        if name in self.policy.formerly:
            return self.policy.formerly[name]
        if name in self.maps:
            now = self.maps[name]
            return None if now is None else self.meaning(now)
        return "?"

    def trusted(self):
        return all(self.meaning(key[3]) != "?" for key in self.rows) and \
            all(self.meaning(name) != "?" for name in self.names)

    names = frozenset()  # every stored name that ever was

    def epoch(self):
        return max(epoch for epoch, since in self.known_from.items()
                   if since is None or since + 10 * SECOND <= self.now)

    def who(self, text):
        mailbox, spelling = (PEOPLE | RECORDS)[text]
        self.kinds[mailbox] = KINDS[text.split(":")[0]]
        return mailbox, spelling

    def human(self, mailbox, spelling):
        """Everybody who is the same: mailbox -> the spelling that is his."""
        ways = [(a, by, b, its) for a, by, b, its in self.links] + \
            [(b, by, a, its) for a, its, b, by in self.links]
        found = {mailbox: spelling}
        for right in (True, False):  # who is reached by his own spelling, then the others
            queue = list(found)
            for at in queue:
                for one, by, other, its in ways:
                    if one == at and other not in found and (by == found[at] or not right):
                        # Linked to another spelling: none of his is the right one.
                        found[other] = its if by == found[at] else None
                        queue.append(other)
        return found

    def rows_of(self, mailboxes, state):
        return [(key, row) for key, row in self.rows.items()
                if key[0] in mailboxes and self.meaning(key[3]) == state]

    # Recording

    def put(self, key, value, received, pending):
        self.names = self.names | {key[3]}
        row = self.rows.get(key)
        if not row:
            self.rows[key] = Row(value, received, pending)
            return
        if received > row.received:
            row.value, row.received = value, received
        elif received == row.received and value != row.value:
            row.value = UNKNOWN
        row.pending += pending

    def end(self, mailbox, epoch, what, until):
        for request in list(self.waiting):
            if (request["mailbox"], request["epoch"], request["what"]) == (mailbox, epoch, what) \
                    and request["sequence"] <= until:
                self.waiting.remove(request)
                for key in request["keys"]:
                    if key in self.rows:
                        self.rows[key].pending = max(0, self.rows[key].pending - 1)

    def record(self, what, who, received, source, evidence, done):
        """"refused", "skipped" or "recorded"."""
        policy = self.policy
        grants = what in policy.grants
        if grants and source == 0 and not evidence:
            return "refused"
        mailbox, spelling = self.who(who)
        human, epoch = self.human(mailbox, spelling), self.epoch()
        effects = policy.events[what]
        if grants and source != 0 and any(self.rows_of(human, state) for state, _ in effects):
            return "skipped"
        request = what in policy.requests
        keys = []
        at = received or self.now
        if not received:  # later than all that is known of him
            at = max([at] + [row.received + 1 for state, _ in effects
                             for _, row in self.rows_of(human, state)])
        for state, value in effects:
            key = (mailbox, epoch, spelling, state)
            self.put(key, value, at, int(request and not done))
            keys.append(key)
        self.sequence += 1
        if request and done:
            self.end(mailbox, epoch, what, self.sequence)
        elif request:
            self.waiting.append({"mailbox": mailbox, "epoch": epoch, "what": what, "keys": keys,
                                 "sequence": self.sequence})
        return "recorded"

    def done(self, request):
        self.end(request["mailbox"], request["epoch"], request["what"], request["sequence"])

    def link(self, one, other):
        (a, a_spelling), (b, b_spelling) = self.who(one), self.who(other)
        if a != b:
            self.links.append((a, a_spelling, b, b_spelling))

    def forget(self, who):
        """Consent and links go; of what the whole human being refused all keep their part."""
        mailbox, spelling = self.who(who)
        policy, human = self.policy, self.human(mailbox, spelling)
        known = [(key, dataclasses.replace(row)) for key, row in self.rows.items()
                 if key[0] in human and self.meaning(key[3]) not in (None, "?")]
        direct = {}
        for a, a_spelling, b, b_spelling in self.links:
            if a == mailbox:
                direct[b] = b_spelling
            if b == mailbox:
                direct[a] = a_spelling
        self.links = [link for link in self.links if mailbox not in (link[0], link[2])]
        for key in [key for key in self.rows if key[0] == mailbox]:
            state = self.meaning(key[3])
            if state is not None and not self.rows[key].refuses(state, policy):
                del self.rows[key]
        # Who is left alone keeps every no, and no yes of somebody else.
        for key, row in known:
            no = ON if self.meaning(key[3]) in policy.on_only else OFF
            if row.value not in (no, UNKNOWN):
                continue
            for heir, heirs_spelling in [(mailbox, spelling), *direct.items()]:
                if heir != key[0]:
                    self.put((heir, self.epoch(), heirs_spelling, key[3]), row.value,
                             row.received, 0)

    # Asking

    @staticmethod
    def fold(rows):
        latest = max(row.received for row in rows)
        values = {row.value for row in rows if row.received == latest}
        return values.pop() if len(values) == 1 else UNKNOWN

    def state(self, state, who, kind):
        mailbox, spelling = self.who(who)
        human = self.human(mailbox, spelling)
        rows = self.rows_of(human, state)
        if any(row.pending for _, row in rows):
            return UNKNOWN
        own = [row for key, row in rows if key[2] == human[key[0]]]
        others = [row for key, row in rows if key[2] != human[key[0]]]
        if not rows:
            return OFF if kind in self.settled else UNKNOWN
        if not others:
            return self.fold(own)
        if own:
            return self.fold(own) if self.fold(own) == self.fold(others) else UNKNOWN
        return ON if self.fold(others) == ON and state in self.policy.on_only else UNKNOWN

    def states(self, person, record, channel=None):
        """All states of the policy. channel: the kind of identity that would be used."""
        out = {}
        for state, of in self.policy.states.items():
            who = person if of == "person" else record
            out[state] = UNKNOWN
            if who is None or not self.trusted():
                continue
            mailbox, spelling = self.who(who)
            kind = self.kinds[mailbox]
            if of == "person" and channel:
                if all(self.kinds[m] != channel for m in self.human(mailbox, spelling)):
                    continue
                kind = channel
            out[state] = self.state(state, who, kind)
        return out

    def allowed(self, point, person, record):
        channel = {"email": 1, "text": 2, "call": 2}.get(point.split()[1])
        states = self.states(person, record, channel)
        on, off = self.policy.points[point]
        return all(states[s] == ON for s in on) and all(states[s] == OFF for s in off)
