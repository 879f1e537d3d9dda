"""The words by which reports are known: failure, delay, what is no report, and where the quoted letter begins."""

from __future__ import annotations

import re
from typing import Final

_NOUN = (
    "(?:user|recipient|mailbox|account|address|domain|host|alias|member|inbox|mail ?drop|destination|addressee|group)"
)


def _any(phrases: str) -> re.Pattern[str]:
    """Make one pattern of phrases, some on each line; a line that is indented further goes on with the one before."""
    whole = phrases.replace("\n        ", "").replace("NOUN", _NOUN)
    return re.compile("|".join(line.strip() for line in whole.strip().splitlines()), re.IGNORECASE)


#: Sentences that only a report writes; one of them, in text or subject, is needed to believe a text without a status.
FAILURE: Final = _any(
    r"""
    undeliver|non-?deliver(?!ed yet)
    n(?:o|')t (?:be )?(?:possible to )?(?:be )?(?:properly |successfully )?(?:deliver|reach)
    unable to (?:be )?(?:deliver|send|reach|process|complete|relay|forward)|unable (?:to )?complete
    (?:could|can) ?no?t? ?(?:be )?(?:deliver|sent|send|process|forward|relay|reach)
    cannot (?:be )?(?:deliver|sen[dt]|find|reach)|(?:fail(?:ed|ure|s)?|error|problems?|trouble)\b.{0,40}deliver
    deliver(?:y|ed|ing)?\b.{0,60}(?:fail|error|abort|unsuccessful|impossible|problem|not possible|rejected)
    fail(?:ed|ure|s)?\b.{0,30}(?:recipient|addressee|address(?:es)?\b)
    permanent(?:ly)? (?:fatal )?(?:error|fail|reject|undeliver)
    return(?:ed|ing) (?:your |the )?(?:mail|message|to sender)
    (?:mail|message|e-?mail)\b.{0,30}(?:was |is |has been |being )?(?:returned|bounced|rejected|refused|
        blocked|not accepted|discarded)
    failure notice|failed (?:e-?)?mail|mail failed|did not (?:exactly )?match|did (?:not|n't) (?:reach|receive)
    user unknown|unknown (?:local )?(?:user|recipient|address|mailbox|account|host|domain)s?
    no such (?:local )?(?:user|recipient|mailbox|address|account|person|domain|alias)
    no (?:mailbox|account|valid recipients?|users?)\b
    NOUN\b[^.]{0,50}(?:unknown|not (?:be )?found|n(?:o|')t exist|unavailable|disabled|inactive|invalid|
        not (?:known|valid|listed|recognized|local)|no longer|suspended|closed|over (?:its |their |the )?quota|
        \bfull\b|exceed)
    (?:invalid|bad|illegal|non-?existent|unrout(?:e)?able) (?:final delivery )?(?:recipient|address|user|
        mailbox|mail domain|destination|domain)
    over ?quota|quota (?:was |is )?exceed|(?:in|mail)box (?:is )?(?:full|too large)
    exceed.{0,40}(?:quota|storage|size|limit)|relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|not)
    not permitted to relay|recipient (?:address )?(?:was )?rejected|reject.{0,20}recipient|giving up|given up
    gave up|too many hops|(?:mail|message) loop|retry time(?:out)?\b.{0,20}exceeded|long failure period
    queue too long|message expired|list of (?:the )?(?:failed|affected) recipients
    following (?:recipient|address|destination|user)\w*(?:\(e?s\))? (?:had|have|has|failed|could|were|was|did|do)
    (?:nicht|unmöglich|konnte).{0,60}zugestellt|unzustellbar
    zustell\w*.{0,40}(?:fehlgeschlagen|nicht möglich|gescheitert|fehler)
    (?:empfänger|postfach|adresse)\w*\b.{0,60}nicht (?:erreich|gefunden|vorhanden|bekannt)|nicht übermittelt
    n'(?:a|ont) pas (?:pu )?(?:être |etre )?(?:remis|délivr|delivr|distribu|livr|achemin|envoy|reçu)
    (?:échec|echec) (?:de |d'|lors )|non (?:remis|distribu|délivr)
    (?:adresse|destinataire|boîte)\b.{0,60}(?:introuvable|inconnu|n'existe pas|pleine)|impossible (?:de|d')
    no (?:se )?(?:ha |han )?(?:podido|pudo|puede|pueden|pudieron)\b.{0,30}(?:entreg|enviar)
    no (?:fue |se )?(?:ha )?entreg|error (?:de|en la|al) entrega
    (?:destinatario|usuario|buzón|dirección)\b.{0,60}(?:no existe|no (?:se )?(?:ha )?encontr|desconocid|llen)
    fallo en la entrega|devuelto al remitente|não (?:foi|pôde|pode|puderam)\b.{0,30}(?:entreg|enviad)
    falha (?:na|de) entrega|não entreg
    (?:destinatário|usuário|caixa)\b.{0,60}(?:não (?:foi )?(?:existe|encontr)|desconhecid|chei)
    non (?:è |e' )?(?:stato |possibile |può essere )?(?:recapita|consegna)|mancat[ao] (?:recapito|consegna)
    impossibile (?:recapitare|consegnare|inviare)
    (?:destinatario|utente|casella)\b.{0,60}(?:inesistente|non esiste|sconosciut|pien)
    niet (?:worden )?(?:bezorgd|afgeleverd|verzonden)|onbestelbaar|kunde inte levereras|kan inte levereras
    oleverer|kunne ikke (?:blive )?leveres|kan ikke leveres|uleverbar|ikke levert|ei voit?u toimittaa
    toimitta\w+ ep[aä]onnistui|nie (?:może|mogła|został[ao]?|można|udało)\b.{0,30}(?:dostarcz|doręcz)
    niedostarcz|nedoru[cč]|nelze doru|kézbesít\w+.{0,30}(?:sikertelen|nem)|teslim edilemedi|iletilemedi
    не (?:может быть|могло быть|удалось|была?|было|были|доставлен)\w*.{0,40}(?:доставл|доставить|отправл)?
    недоставлен|(?:пользовател|получател|адрес|ящик)\w*.{0,40}не (?:найден|существу)|невозможно доставить
    ошибка (?:при )?достав
    (?:配信|送信|配達|送付|転送)(?:が|は|を)?(?:でき|不能|に失敗|エラー|されませ|され ませ)
    お?届け(?:でき|られ|すること)|(?:見つかり|存在し|受け取れ|受信でき)ませ|宛先.{0,20}(?:不明|ありません|誤)
    未配信|不達|戻りました|返送|受信者.{0,30}(?:見つかり|存在)|メールアドレスが(?:見つかり|存在)|退信
    被?退[回還]|[无無]法(?:被)?(?:投[递遞]|送[达達]|[发發]送|寄送|[递遞]送|[传傳][递遞送]|交付)
    (?:投[递遞]|[发發]送|[传傳][递遞]|送[达達])(?:失[败敗]|不成功)
    (?:未能|未被?)(?:成功)?(?:送[达達]|投[递遞]|[发發]送|[传傳][递遞])
    (?:收件人|[邮郵]箱|用[户戶]|信箱|地址).{0,20}(?:不存在|[错錯][误誤]|[无無]效|已[满滿]|停用|不可用|找不到)
    拒[绝絕信收]|(?:배달|전송|전달|발송)\s?(?:되지|할 수 없|을? ?실패|하지 못|에 실패|오류)|반송
    (?:수신자|받는 사람|사용자|메일함).{0,30}(?:없|찾을 수|존재하지|가득)
    """
)

#: A subject of a report: with it even a sender with an ordinary name is believed to be a machine.
SUBJECT: Final = _any(
    r"""
    ^\W*(?:ndn|ndr|dsn)\b|delivery (?:status )?(?:notification|report|status|failure|problem|error)
    mail (?:delivery )?(?:system )?(?:error|fail|problem)|failure notice|message status|returned e?-?mail
    mail returned|bounce|systemadministrator|mail delivery|mail could not|user unknown
    unknown (?:address|user)|problem (?:deliver|with)
    """
)

#: Still on its way: whatever else the report says, nothing is lost yet.
DELAY: Final = _any(
    r"""
    warning message only
    (?<!not )\b(?:will|shall|going to)(?: now)? (?:keep|continue)(?: to)?(?: be)? ?(?:try|retr|attempt|deliver)
    \bwill (?:be )?(?:periodically |automatically )?(?:retry|retried|re-?attempt|re-?tried|try again|
        try to (?:send|deliver) (?:it|your message|the message) again|attempt to deliver)
    still (?:being )?(?:trying|retried|undelivered|in (?:the|our) (?:mail )?queue|be ?ing (?:tried|processed))
    delivery attempts will continue|attempts? (?:to deliver )?(?:the message |it )?will (?:be )?continue
    not yet (?:been )?(?:delivered|possible)|yet been delivered|not been able to deliver .{0,60} yet
    no action is required
    (?:need not|not need to|don't need to|needn't|not necessary to) (?:re-?send|resubmit|do anything)
    status notification \(delay|delayed? (?:mail|message|delivery)
    (?:mail|message|delivery)\b.{0,60}(?:is|was|has been|being) (?:temporarily )?(?:delayed|deferred)
    delivery incomplete|warning:? (?:could not send|message|mail) .{0,40}(?:past|still|delayed|hours)
    message .{0,40}delayed|temporary (?:problem|difficult)\w* (?:deliver|in deliver)|transient non-?fatal
    has been postponed|just a warning|will continue (?:to try|trying)
    verzöger|weiterhin versuch|wird .{0,40}(?:weiter|erneut) (?:versuch|zugestellt)
    (?:remise|distribution|message).{0,30}(?:retard|différé)|(?<!aucune )nouvelles? tentatives? .{0,20}ser(?:a|ont)
    retrasad|retraso|se (?:volverá|seguirá|continuará)\b.{0,20}intent|atrasad|tentará
    continuará tentando|ritard|verrà ritentat|vertraag|försenad|forsink|отложен|задерж|будут? (?:предпринят|продолж)
    повторн\w+ (?:попыт|достав)|遅延|遅れて(?:い|お)|再(?:送|試行|配信)(?:を続け|します|を行い|を試み)|延[迟遲]
    (?:系[统統]|服[务務]器|伺服器|我[们們]|[将將]).{0,10}(?:[继繼][续續]|自[动動]|再次|重新)?(?:[尝嘗][试試]|重[试試]|重[发發])
    지연|다시 시도(?:합|할|하고)
    """
)

#: The end of trying: beside it, the words of a delay speak of the past.
GIVEN_UP: Final = _any(
    r"""
    giving up|given up|gave up|(?:no|not any) (?:further|more) (?:delivery )?(?:attempt|retr)
    (?:will|won't|wo|shall|do|does|going to) ?(?:not|n't)? ?not (?:be )?(?:retr|try|attempt|continue)
    won't (?:be )?(?:retr|try)|(?:will|shall) not (?:be )?(?:retr|try|attempt|continue)|will stop trying
    not (?:going to )?(?:be )?(?:retried|try again|try it again)|permanent(?:ly)? (?:fatal )?(?:error|fail|undeliver)
    permanent fatal|this is a permanent|failed permanently|after \d+ attempts?\b|over a period of
    retry time(?:out)?\b.{0,20}exceeded|long failure period|in the queue too long|(?:message|it) (?:has )?expired
    delivery time expired|too many (?:retries|attempts)|aucune nouvelle tentative|不再(?:尝试|嘗試|重试|重試|投递|投遞)
    """
)

#: What went well; a line with it, and without any failure, names nobody who has lost something.
FINE: Final = _any(
    r"""
    success|\b2\.[0-9]\.[0-9]{1,2}\b|^\W*250[ -]
    \b(?:was|were|has been|have been) (?:delivered|relayed|accepted|sent)\b|delivered (?:ok|to mailbox)
    \.\.\. ?(?:sent|ok|relayed|expanded)|zugestellt an
    """
)

#: One address that still waits, in a report that says of others that they failed.
WAITING: Final = _any(
    r"""
    deferred|transient|\b4\.\d\.\d{1,2}\b|(?<![\d.])4[2-5]\d[ -](?!\d)|will (?:be )?retr|delayed
    """
)

#: An answer for now.
FOR_NOW: Final = _any(
    r"""
    (?<![\d.])4\.\d\.\d{1,2}(?![\d.])|(?<![\d.])4[2-5]\d[ -](?!\d)
    """
)

#: What only the last report about a letter says; with it, an answer for now was the last one, too.
FINAL: Final = _any(
    r"""
    undeliver(?:able|ed)|returned mail|return(?:ed|ing) (?:message |mail )?to sender|\(failure\)|permanent
    delivery (?:has )?failed|failed permanently|could not be delivered to one or more
    after \d+ attempts?\b|over a period of
    """
)

#: A reply code or status for good, where it stands as one: never a room, an extension or a part of an IP address.
CODE: Final = _any(
    r"""
    (?<![\d.])5\d\d[ \t:-]+#?\(?5\.\d{1,3}\.\d{1,3}(?![\d.])|(?:#|\(#?)5\.\d{1,3}\.\d{1,3}\)?
    (?<![\d.+/=-])5[0-9]\d[ -](?:[#<\w\"'(.]|\S+@)
    (?:said|error|code|reply|response|replied|responded|
        reason|status|answer|返回|代[码碼]|错误)\W{0,20}(?:\w+ ){0,4}\W{0,3}5\d\d(?![\d])
    (?<![\d.])5\.[1-7]\.\d{1,2}(?![\d.])|<<<\s*5\d\d|smtp;\s*5\d\d
    """
)

#: Subjects of answers for somebody who is away: whatever else they say, nothing has failed.
AWAY_SUBJECT: Final = _any(
    r"""
    ^\W*auto(?:matic(?:ally)?)?[ :-]?(?:re(?:ply|sponse|spond)|generated re)
    ^\W*automat(?:ische antwort|isk svar|ic reply)|^\W*out[ -]of[ -](?:the )?office|^\W*away\b|\booo\b|vacation|abwesen
    nicht im (?:büro|haus)|urlaub|réponse automatique|absence du bureau|respuesta automática|fuera de (?:la )?oficina
    resposta automática|risposta automatica|fuori (?:sede|ufficio)|автоответ|自[动動](?:回[复覆復]|答[复覆])
    不在(?:办公室|通知|の)|休暇|自動(?:返信|応答)|자동 ?(?:응답|회신)|부재
    """
)

#: Subjects of other answers of machines: read receipts, tickets, riddles.
AUTOMATIC_SUBJECT: Final = _any(
    r"""
    out[ -]of[ -](?:the )?office|away from|on (?:annual |maternity )?leave|absent|ausente|отсутств|^\W*read\W|gelesen
    ^\W*lu\W|已[读讀]|開封|read receipt|return receipt|\[?(?:ticket|case|request|incident)\b.{0,12}#?\d
    we (?:have )?received your|thank you for (?:your|contacting)|acknowledg|confirm|verif(?:y|ication)
    please (?:click|reply)|challenge|whitelist|approve|spam ?arrest|boxtrapper|moderat|subscri
    """
)

#: Questions whether one is a person, and letters kept until somebody approves of them.
CHALLENGE: Final = _any(
    r"""
    (?:^|[.!:,] )(?:please |to )(?:deliver your|release|confirm|approve|complete)\b.{0,120}
        (?:click|confirm|repl(?:y|ying)|visit|link|https?:)
    (?:click|visit|follow)\b.{0,60}(?:to (?:confirm|verify|release|deliver|prove)|so that)|boxtrapper
    spam ?arrest|tmda|challenge[ -/]response|confirm (?:that )?you(?:r message| are)|prove (?:that )?you
    has been (?:held|quarantined|queued) (?:until|for (?:moderat|approv|review)|pending)
    awaits? (?:moderator|approval)
    (?:released?|deliver\w*) (?:once|after|when) you (?:confirm|verif|reply|click)
    """
)

#: A line behind which the quoted letter stands.
CUT: Final = _any(
    r"""
    ^\W*old message:?\W*$
    ^\W*(?:original|returned|unsent|undelivered|rejected|bounced|your|the) (?:mail|message|
        e-?mail)\w*(?: \w+)?(?: (?:follows|below|text|headers?|attached|contents?|body|begins?|is following))+\W*$
    ^[-=*_#> ]{2,}.{0,20}(?:original|returned|unsent|undelivered|rejected|forwarded|
        non-delivered) .{0,40}(?:message|mail|information|info|follows)?.{0,20}[-=*_# ]*$
    ^\W*(?:below this line|this is a copy|here is (?:your|a copy|the)|(?:the following|below|attached|
        included|enclosed)\b.{0,20}\bis (?:a |the )?(?:copy|header|content|first|beginning|original|text)|
        start of (?:returned|original)|copy of (?:the |your )?(?:original )?(?:message|mail|header))
    ^\W*---+ ?(?:below this line|this is a copy|the header of|here is|message (?:header|text|contents?|
        body)|headers? |start of|begin|copy|returned|body of|return)
    ^\W*message (?:headers?|text|contents?|body) follows?
    ^\W*(?:possibly truncated )?original message(?: headers?)?(?: follows)?\W*$
    ^\W*(?:your message reads|received:? from|content of the (?:original )?message|headers? (?:of|
        from) (?:the |your )?(?:original|message)|the (?:first|header|original|text|body|rest|content|
        message)\b.{0,40}(?:follow|below|of your message))
    ^\W*(?:ursprüngliche nachricht|original-?nachricht|message d'origine|en-têtes d|mensaje original|
        mensagem original|messaggio originale|исходное (?:сообщение|письмо)|текст письма)\W*$
    ^\W*kopie (?:der|ihrer) nachricht
    ^\W*(?:元のメッセージ|オリジナルメッセージ|メールメッセージ|original mail info)\W*$
    ^\W*以下是(?:原|您).{0,10}(?:邮件|内容)|^\W*(?:您的)?原(?:始)?[邮郵]件(?:信息)?(?:内容|全文|正文|如下)
    ^\s*(?:return-path|received|dkim-signature|mime-version|x-received|arc-seal):\s
    ^\W*-{3,} ?(?:original|forwarded|begin|原始[邮郵]件|原[邮郵]件)|^(?:begin forwarded|forwarded) message
    ^-+ ?returned mail|^-+ ?body
    """
)
