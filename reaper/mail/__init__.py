"""From the facts of a letter to the mail server: Jinja2 renders, smtplib delivers."""

from reaper.mail.render import LetterRenderer
from reaper.mail.smtp import Security, SmtpPostman, SmtpServer

__all__ = ["LetterRenderer", "Security", "SmtpPostman", "SmtpServer"]
