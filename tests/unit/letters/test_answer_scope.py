"""What a refusal is about, by the texts that mail servers really write (names and numbers are made up)."""

from datetime import UTC, datetime, timedelta

import pytest

from reaper.letters.answer_scope import AnswerScope, ServerAnswer, Stage, scope_of

ADDRESS, MESSAGE, US, UNKNOWN = AnswerScope.ADDRESS, AnswerScope.MESSAGE, AnswerScope.US, AnswerScope.UNKNOWN
RCPT, DOT = Stage.RCPT, Stage.DOT
NOW = datetime(2031, 11, 28, 9, 7, tzinfo=UTC)

OF_ADDRESS = [
    "550 5.1.1 <{}>: Recipient address rejected: User unknown in relay recipient table",  # Postfix
    "550 5.1.1 <{}>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 User unknown in relay recipient table",
    "450 4.1.1 <{}>: Recipient address rejected: unverified address: Address verification in progress",
    "450 4.1.1 <{}>: Recipient address rejected: unverified address: host mx.example[192.0.2.7] said: 550 blocked",
    "450 4.1.2 <{}>: Recipient address rejected: Domain not found",
    "554 5.7.1 <{}>: Recipient address rejected: Access denied",
    "450 4.2.0 <{}>: Recipient address rejected: Greylisted, see http://postgrey.example/relay-denied.html",
    "556 5.1.10 <{}>: Recipient address rejected: Domain example.org does not accept mail (nullMX)",
    "550 Unrouteable address",  # Exim
    "550 No Such User Here",
    "552 Mailbox quota exceeded",
    "550 5.1.1 <{}>... User unknown",  # sendmail
    "550 sorry, no mailbox here by that name (#5.1.1 - chkuser)",  # qmail
    "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found",  # Exchange
    "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",  # Exchange Online
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "550-5.1.1 The email account that you tried to reach does not exist. 5.1.1 Please\n5.1.1 try",  # Gmail
    "552-5.2.2 The email account that you tried to reach is over quota.",
    "554 delivery error: dd This user doesn't have a yahoo.com account ({}) [0] - mta1001.mail.example",  # Yahoo
    "554 delivery error: dd Sorry your message to {} cannot be delivered. This account has been disabled",
    "550 5.5.0 Requested action not taken: mailbox unavailable",  # Outlook.com
    "550 Mailbox not found. http://service.mail.qq.example/cgi-bin/help?subtype=1&&id=20022",  # QQ
    "550 The recipient may contain a non-existent account, please check the recipient address.",
    "550 User not found: {}",  # 163
    "550 User suspended: {}",
    "554 RCPT ({}) dosn't exist",  # Aliyun
    "550 User not listed in Domino Directory",
    "551 user not local",
]
OF_US = [
    "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",  # Postfix
    "501 5.5.2 <[10.0.0.9>: Helo command rejected: invalid hostname",
    "450 4.7.1 <box.lan>: Helo command rejected: Host not found",
    "554 5.7.1 <unknown[10.0.0.9]>: Client host rejected: Access denied",
    "450 4.7.25 Client host rejected: cannot find your hostname, [10.0.0.9]",
    "554 5.7.1 Service unavailable; Client host [10.0.0.9] blocked using zen.spamhaus.example",
    "450 4.1.8 <reaper@localhost>: Sender address rejected: Domain not found",
    "550 5.1.0 <reaper@cloud.example>: Sender address rejected: User unknown in local recipient table",
    "553 5.7.1 <reaper@cloud.example>: Sender address rejected: not owned by user reaper",
    "554 5.7.1 <{}>: Relay access denied",
    "454 4.7.1 <{}>: Relay access denied",
    "550 5.7.23 <{}>: Recipient address rejected: Message rejected due to: SPF fail - not authorized",
    "550 5.7.1 <{}>: Recipient address rejected: Message rejected due to: SPF fail - not authorized",
    "451 4.3.5 <{}>: Recipient address rejected: Server configuration problem",
    "452 4.3.1 Insufficient system storage",
    "550 relay not permitted",  # Exim
    "550-Verification failed for <reaper@cloud.example>\n550 Sender verify failed",
    "550 rejected because 10.0.0.9 is in a black list at bl.spamcop.example",
    "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
    "550 5.7.1 <{}>... Relaying denied. IP name lookup failed [10.0.0.9]",  # sendmail
    "553 5.1.8 <{}>... Domain of sender address reaper@localhost does not exist",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",  # qmail
    "553 sorry, your envelope sender has been denied (#5.7.1)",
    "550 5.7.1 Unable to relay",  # Exchange
    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    "530 5.7.57 Client not authenticated to send mail",
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    "550 5.7.1 Client does not have permissions to send as this sender",
    "550 5.7.509 Access denied, sending domain cloud.example does not pass DMARC verification",  # Exchange Online
    "550 5.7.606 Access denied, banned sending IP [10.0.0.9]",
    "550 5.7.232 Your message can't be sent because your trial tenant has exceeded its daily limit",
    "550 5.7.1 Unfortunately, messages from [10.0.0.9] weren't sent. Their network is on our block list (S3150).",
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",  # Gmail
    "550-5.7.25 The IP address sending this message does not have a PTR record setup",
    "550 5.4.5 Daily user sending quota exceeded.",
    "550-5.7.1 [10.0.0.9] The IP you're using to send mail is not authorized to send email directly to our servers.",
    "553 5.7.1 [BL21] Connections will not be accepted from 10.0.0.9, because the ip is in Spamhaus's list",  # Yahoo
    "553 5.7.2 [TSS09] All messages from 10.0.0.9 will be permanently deferred",
    "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.example/error-codes",
    "550 Connection frequency limited",  # QQ
    "550 Ip frequency limited",
    "501 Mail from address must be same as authorization user",
    "550 SPF check failed",
    "550 RP:FRL 163 mx9,ZcCowEC5r9Xzxx 1577950000",  # 163
    "550 MI:SPF 163 mx3,TcCowAAnzXYZ",
    "554 Reject by behaviour spam at Rcpt State(Connection IP address:10.0.0.9)ANTISPAM_BAT[012013]: spf check failed",
    "535 5.7.8 authentication failed",
]


def answer(said, address="ann@mail.example", stage=RCPT, at=None):
    return ServerAnswer(stage, int(said[:3]), said[4:].format(address), address, at)


@pytest.mark.parametrize("said", OF_ADDRESS)
def test_what_is_said_of_an_address_concerns_that_address(said):
    assert scope_of(answer(said)) is ADDRESS


@pytest.mark.parametrize("said", OF_US)
def test_what_is_said_of_us_concerns_no_address(said):
    assert scope_of(answer(said)) is US


@pytest.mark.parametrize(
    "address",
    [
        "relay.denied@spamhaus.example", "helo@dmarc-fail.example", "blacklist@relay-access-denied.example",
        "sender@client-host-rejected.example", "spf@authentication.example", "banned@example.org",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 <{}>: Recipient address rejected: User unknown in relay recipient table",
        "550 <{}>: user unknown",
        "550 {} unknown user",
        "550 '{}' no such user here",
    ],
)
def test_what_a_person_is_called_does_not_decide_what_an_answer_is_about(said, address):
    assert scope_of(answer(said, address)) is ADDRESS
    local, _, domain = address.partition("@")
    for part in (f'"{local}"', f"{local}...", f"<{local}>", f"in domain {domain}:"):
        assert scope_of(ServerAnswer(RCPT, 550, f"no such user {part} here", address)) is ADDRESS


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (Stage.CONNECT, "554 5.7.1 go away"), (Stage.EHLO, "501 5.5.4 Invalid domain name"),
        (Stage.STARTTLS, "454 4.7.0 TLS not available"), (Stage.AUTH, "535 5.7.3 Authentication unsuccessful"),
        (Stage.MAIL, "550 5.1.8 no such domain"), (Stage.MAIL, "550 no such user here"),
        (Stage.MAIL, "452 4.3.1 insufficient system storage"),
    ],
)  # fmt: skip
def test_nothing_said_before_anybody_was_named_is_about_anybody(stage, said):
    assert scope_of(ServerAnswer(stage, int(said[:3]), said[4:])) is US


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (DOT, "552 5.3.4 message size exceeds fixed limit"), (Stage.MAIL, "552 5.3.4 too big"),
        (DOT, "554 5.6.0 bad content"), (DOT, "554 5.7.1 looks like spam"), (DOT, "554 5.7.1 no"),
        (DOT, "550-5.7.1 Our system has detected that this message is likely unsolicited mail."),
        (RCPT, "452 4.5.3 Error: too many recipients"), (RCPT, "550 5.5.3 Too many recipients"),
        (RCPT, "552 too many recipients"), (DOT, "554 Transaction failed: Recipient count exceeds 50."),
        (DOT, "550 Mail content denied. http://service.mail.qq.example/cgi-bin/help"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_message_concerns_that_message(stage, said):
    assert scope_of(answer(said, stage=stage)) is MESSAGE


@pytest.mark.parametrize("said", ["550 5.7.1 Access denied", "550 no", "550 Administrative prohibition", "451 4.3.0 ?"])
def test_what_says_nothing_is_not_taken_for_an_answer_about_an_address(said):
    assert scope_of(answer(said)) is UNKNOWN


# ---------------------------------------------------------------- what others were told


def test_the_same_to_several_that_names_nobody_is_about_us():
    others = [answer("550 5.7.1 Access denied", "bob@other.example")]
    assert scope_of(answer("550 5.7.1 Access denied"), others) is US


def test_the_same_to_several_is_not_about_us_while_the_server_takes_letters_to_the_same_domain():
    others = [
        answer("550 5.7.1 Access denied", "bob@mail.example"),
        ServerAnswer(DOT, 250, "queued", "eve@mail.example"),
    ]
    assert scope_of(answer("550 5.7.1 Access denied"), others) is UNKNOWN


def test_unknown_users_are_unknown_users_while_anybody_is_taken():
    unknown = "550 5.1.1 <{}>: User unknown"
    others = [answer(unknown, f"p{n}@mail{n}.example", at=NOW - timedelta(hours=9 - n)) for n in range(5)]
    taken = ServerAnswer(DOT, 250, "queued", "admins@cloud.example", NOW)
    assert scope_of(answer(unknown, at=NOW), [*others, taken]) is ADDRESS


def test_everybody_unknown_for_hours_is_about_the_server_and_so_about_us():
    unknown = "550 5.1.1 <{}>: User unknown"
    others = [answer(unknown, f"p{n}@mail.example", at=NOW - timedelta(hours=2)) for n in range(2)]
    assert scope_of(answer(unknown, at=NOW), others) is US
    assert scope_of(answer(unknown, at=NOW - timedelta(hours=2)), others) is ADDRESS


def test_greylisting_of_everybody_is_about_us_only_when_it_does_not_end():
    later = "451 4.7.1 Please come back"
    others = [answer(later, f"p{n}@mail.example", at=NOW) for n in range(4)]
    assert scope_of(answer(later, at=NOW + timedelta(minutes=20)), others) is UNKNOWN
    assert scope_of(answer(later, at=NOW + timedelta(hours=5)), others) is US
