"""A task that sends a mail once: Celery repeats it only where it is certain that nothing was sent.

pip install 'celery[redis]'
celery --app celery_task worker
"""

from __future__ import annotations

from typing import Any

from celery import Celery, Task

from mailpartner import APIConnectionError, MailPartner, MailPartnerError, RateLimitError, Recipient

app = Celery("mails", broker="redis://localhost", backend="redis://localhost")
app.conf.task_acks_late = False  # a worker that dies must not send again what it may have sent


@app.task(bind=True, max_retries=5, default_retry_delay=60)
def send_welcome(task: Task[Any, Any], email: str, name: str) -> dict[str, Any]:
    try:
        with MailPartner() as mp:
            sent = mp.messages.send(
                subject="Bienvenue !",
                html="<p>Bonjour #NAME#,</p><p><a href='#UNSUBSCRIBE_LINK#'>Se désabonner</a></p>",
                to=Recipient(email, name),
                variables={"NAME": name},
            )
    except MailPartnerError as error:
        passing = isinstance(error, APIConnectionError | RateLimitError)
        if passing and not error.maybe_applied:
            raise task.retry(exc=error) from error
        raise  # refused, or in doubt: the error says which, and a person has to look
    return sent.to_dict()
