"""How SPF, DKIM and DMARC of the sender's domain look from here: what other mail servers judge our letters by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: Asks for the TXT records of a name: none if it has none, None if no DNS server answers.
Lookup = Callable[[str], Sequence[str] | None]
_NO_DNS = "no DNS server answers from here"


@dataclass(frozen=True)
class DomainFinding:
    """One of the three, whether it is right, and what was found. `fine` None: nobody can tell from here."""

    what: str
    fine: bool | None
    said: str


def findings_on(domain: str, selector: str | None, lookup: Lookup) -> list[DomainFinding]:
    """Look at a domain; DKIM keys lie under a selector, which only who signs knows.

    Sources: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC).
    """
    spf = _spf(domain, lookup)
    if spf.fine is None:  # nobody waits three times for a DNS server that does not answer
        return [DomainFinding(what, None, _NO_DNS) for what in ("SPF", "DKIM", "DMARC")]
    return [spf, _dkim(domain, selector, lookup), _dmarc(domain, lookup)]


def txt_of(name: str) -> Sequence[str] | None:
    """Ask the system's DNS servers."""
    from dns import exception, resolver  # noqa: PLC0415 - only this command asks DNS

    try:
        answer = resolver.resolve(name, "TXT", lifetime=3.0, search=False)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    except exception.DNSException:
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _spf(domain: str, lookup: Lookup) -> DomainFinding:
    found = lookup(domain)
    if found is None:
        return DomainFinding("SPF", None, _NO_DNS)
    records = [text for text in found if text.casefold().split(" ")[0] == "v=spf1"]
    if len(records) != 1:
        said = f"{domain} has no SPF record" if not records else f"{domain} has {len(records)}, which count as none"
        return DomainFinding("SPF", fine=False, said=f"{said}; publish one that names the mail server")
    terms = records[0].casefold().split()
    if "+all" in terms or "all" in terms:
        return DomainFinding("SPF", fine=False, said=f"{records[0]}: it lets everybody send as {domain}")
    return DomainFinding(
        "SPF", fine=True, said=f"{records[0]} (whether it names the mail server's address is not judged)"
    )


def _dkim(domain: str, selector: str | None, lookup: Lookup) -> DomainFinding:
    if selector is None:
        return DomainFinding("DKIM", None, "give --selector to look for the key: it stands in s= of a signature")
    name = f"{selector}._domainkey.{domain}"
    found = lookup(name)
    if found is None:
        return DomainFinding("DKIM", None, _NO_DNS)
    keys = [tags for text in found if "p" in (tags := _tags(text))]
    if not keys:
        return DomainFinding("DKIM", fine=False, said=f"{name} holds no key")
    if not keys[0]["p"]:
        return DomainFinding("DKIM", fine=False, said=f"the key of {name} is withdrawn")
    return DomainFinding("DKIM", fine=True, said=f"{name} holds a key ({keys[0].get('k', 'rsa')})")


def _dmarc(domain: str, lookup: Lookup) -> DomainFinding:
    name, found = f"_dmarc.{domain}", lookup(f"_dmarc.{domain}")
    if found is None:
        return DomainFinding("DMARC", None, _NO_DNS)
    records = [text for text in found if _tags(text).get("v", "").casefold() == "dmarc1"]
    policy = _tags(records[0]).get("p", "").casefold() if len(records) == 1 else ""
    if policy not in ("none", "quarantine", "reject"):
        return DomainFinding("DMARC", fine=False, said=f"{name} holds no policy; many ask for one of who sends in bulk")
    return DomainFinding("DMARC", fine=True, said=records[0])


def _tags(text: str) -> dict[str, str]:
    """Read `name=value; ...` (RFC 6376 section 3.2)."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().casefold(): "".join(value.split()) for name, _, value in pairs if name.strip()}
