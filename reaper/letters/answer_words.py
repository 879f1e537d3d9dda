"""What the words of a mail server's refusal speak of, for where neither its code nor its enhanced code says it.

The patterns are phrases of Postfix, Exim, sendmail, qmail, Exchange, Gmail, Yahoo, Outlook.com, QQ, NetEase and Aliyun.
They are looked for in the text without the address: a person may be called anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Said of the host that connects, its name, its sender, its standing or its limits: of us.
_OF_US = (
    r"helo|ehlo|client host|client access",
    r"your (?:ip|host|server|client|network|domain|organi[sz]ation|reputation)\b",
    r"reverse (?:dns|hostname)|\br?dns ptr\b|\bptr\b|forward-confirmed|cannot find your",
    r"sender (?:address|domain|verif|rejected|denied|id|host|is not|not |refused|blocked|unknown|policy|reputation)",
    r"(?:bad|invalid|unknown|blocked|unverified|forged|spoofed) sender|from address|envelope (?:from|sender)",
    r"return.?path",
    r"mail from (?:address|must|command|ip|host|your|you\b)|send as this sender|credentials for relay",
    r"connection denied|ip you.re using|not authori[sz]ed to send",
    r"sender'?s? (?:ip|server)",
    r"ip (?:address )?(?:is |has been |was )?(?:block|ban|reject|deni|not allowed|list|reput)",
    r"relay(?:ing)? (?:access |is |was )?(?:denied|not (?:permitted|allowed|authori[sz]ed)|prohibited|disabled)",
    (
        r"(?:unable|not (?:permitted|allowed|authori[sz]ed)|refus\w+|cannot|do(?:es)? not|will not|"
        r"won'?t) (?:to )?relay"
    ),
    r"\brelaying\b|rcpthosts|not an open relay|we do not relay",
    r"black ?list|block ?list|deny ?list|\brbl\b|\bdnsbl\b|spamhaus|spamcop|barracuda|sorbs|abusix|spfbl",
    r"uceprotect",
    r"blocked using|(?<!not )listed (?:at|by|in|on)\b|banned|poor reputation|low reputation|bad reputation",
    r"\bdmarc\b|\bspf\b|\bdkim\b|sender policy framework|unauthenticated (?:email|mail)|domain policy",
    r"not rfc ?5322 compliant|arc[- ]validation",
    r"authenticat|auth(?:ori[sz]ation)? (?:is )?required|login (?:required|fail)|log in first",
    r"must issue a starttls|tls required",
    r"sen(?:d|ding) (?:quota|limit|rate)",
    r"(?:hourly|daily|outbound|outgoing|message|submission|sending) (?:[a-z]+ )?(?:quota|limit|rate)",
    r"exceed\w* (?:the |its |your )?(?:[a-z]+ )?(?:rate|frequency|connection|sending)",
    r"rate.?limit|throttl|too many (?:connections|messages|concurrent|mails|emails|errors|failed)",
    r"too (?:fast|frequent)",
    r"temporarily deferred due to|unusual (?:rate|sending|traffic)|user complaints|suspicious (?:activity|due)",
    r"\b(?:rp|mi|hl|dt|ip):[a-z]{2,3}\b|connection frequency|frequency limited|reject by behaviou?r|antispam_bat",
    r"suspected spam source|spam source|access denied, bad outbound sender|as\(\d{3,5}\)|\bs3\d{3}\b",
    r"\[ts[s]?\d\d\]|\[bl\d\d\]",
    r"config(?:uration)? error|mail loops? back|too many hops|mail server .* misconfigured",
    r"out of memory|insufficient system (?:storage|resources)|system (?:resources|storage)|disk (?:is )?full",
    r"no space left",
)
#: Said of one person's mailbox, or of the domain of one address.
_OF_ADDRESS = (
    r"user (?:is )?(?:unknown|not found|not exist|does ?n.t exist|suspended|disabled|inactive|over quota)",
    r"unknown user",
    (
        r"(?:no such|unknown|invalid|bad|non-?existent|inactive|deactivated|disabled|nonexist\w*) (?:user|"
        r"recipient|mailbox|address|account|person|local part|destination|domain|host)"
    ),
    (
        r"(?:recipient|mailbox|account|address|user|alias)(?: name)? (?:[a-z]+ ){0,3}?(?:unknown|unavailable|"
        r"not found|does not exist|doesn.t exist|not exist|disabled|inactive|suspended|invalid|not available|"
        r"not allowed|not local|no longer|has been disabled|full|over quota|over its quota|quota exceeded)"
    ),
    r"does not exist|doesn'?t exist|no mailbox|mailbox (?:[a-z]+ )?(?:full|exceed)|mailfolder is full",
    r"over ?quota|quota exceeded",
    r"unrout(?:e)?able address|(?:domain|host)(?: name)? (?:\S+ )?(?:not found|unknown|does not exist)",
    r"no such domain|nullmx|null mx",
    r"(?:is )?not (?:a )?(?:our|known|valid) (?:customer|user|mailbox|recipient)|sorry, no mailbox here",
    r"does ?n.t have (?:a|an) \S* ?account|no longer (?:with us|works|valid|in use|available|active)",
    r"has (?:left|moved)",
    r"unverified address|undeliverable address|dosn'?t exist|non-existent account",
    r"recipient (?:address )?rejected|recipient (?:not|refused|denied)|user doesn.t",
    r"account that you tried to reach",
    r"not listed in|not in (?:the )?(?:directory|public name)|mailbox (?:is )?(?:not|un)|this account",
    r"grey ?list|gray ?list|(?:please )?try again in \d+|retry in \d+",
)
#: Said of what a message holds, how big it is, or to how many it goes.
_OF_MESSAGE = (
    r"\bspam\b|\bvirus|malware|phish|content|message (?:size|too|looks|was|rejected|contains|is|refused|blocked)",
    r"too (?:big|large)|size (?:limit|exceeds)|exceeds (?:[a-z]+ )*size|header|attachment|\burls?\b|\blinks?\b",
    r"subject|too many recipients|recipient count|recipients? limit|local policy|policy (?:reasons|violation)",
    r"8bit|smtputf8|line too long|duplicate",
)
_TABLE = tuple(
    (what, re.compile("|".join(f"(?:{one})" for one in words)))
    for what, words in (("us", _OF_US), ("address", _OF_ADDRESS), ("message", _OF_MESSAGE))
)
#: Said of a recipient whom not everybody may write to, in words that sound as if it were about us.
_OF_A_CLOSED_DOOR = re.compile(
    r"resolver\.rst|only accepts? (?:mails?|messages?|e-?mails?) from|(?:un)?authenticated senders"
)
#: Names of addresses that are also ordinary words of refusals; they are taken out only where they stand in quotes.
_ORDINARY = frozenset(
    {
        "user",
        "users",
        "mailbox",
        "recipient",
        "account",
        "address",
        "unknown",
        "no",
        "not",
        "such",
        "mail",
        "email",
        "host",
        "domain",
        "sender",
        "message",
        "postmaster",
        "admin",
        "info",
        "support",
        "service",
        "test",
        "error",
        "access",
        "denied",
        "name",
        "local",
        "relay",
    }
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"'`,;:=]+@[^\s<>()\[\]\"'`,;]*[^\s<>()\[\]\"'`,;.:]")
_URL = re.compile(r"\b(?:https?://|www\.)\S+")
_QUOTED = re.compile(r"<[^<>]*>")
_NUMBER = re.compile(r"\b(?=[\w.:-]*\d)[\w.:-]{3,}")
#: Stands where an address or a name has been.
BLANK = "~"


def without_names(text: str, address: str) -> str:
    """Return a refusal in lower case without addresses, links, what stands in angle brackets, and this address's parts.

    Args:
        text: What the server said, without its code.
        address: Which recipient it was said to; "" if none was named yet.
    """
    local, _, domain = address.casefold().rpartition("@")
    plain = _URL.sub(BLANK, " ".join(text.casefold().split()))
    if address:
        plain = plain.replace(address.casefold(), BLANK)
    plain = _ADDRESS.sub(BLANK, _QUOTED.sub(BLANK, plain))
    if domain:
        plain = re.sub(rf"(?<![\w.-])@?{re.escape(domain)}(?![\w-])", BLANK, plain)
    if local:
        plain = re.sub(rf"(?<=[\"'`(\[]){re.escape(local)}(?=[\"'`)\]])|{re.escape(local)}(?=\.\.\.)", BLANK, plain)
        if local not in _ORDINARY:
            plain = re.sub(rf"(?<![\w.-]){re.escape(local)}(?![\w-])", BLANK, plain)
    return plain


def fingerprint(text: str, address: str) -> str:
    """Return what two refusals have in common that say the same to different people: no names, numbers and ids."""
    return " ".join(_NUMBER.sub("#", without_names(text, address)).split())[:80]


def spoken_of(plain: str) -> Iterable[str]:
    """Say what a refusal without names speaks of: "us", "address" or "message", the surest first."""
    if _OF_A_CLOSED_DOOR.search(plain):
        yield "address"
    yield from (what for what, pattern in _TABLE if pattern.search(plain))
