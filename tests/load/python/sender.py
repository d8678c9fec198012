"""The notice to many as its user would send it in Python: pywa's async client, over httpx, as many calls at once as asked.

It is told on its input which people are next, a line each time: the first and how many. It says `done` when all are sent.
"""

import asyncio
import os
import sys

import httpx
from pywa.types.templates import BodyText, TemplateLanguage
from pywa_async import WhatsApp

_NOTICE = "avv_00000000000000000000000001"


async def main() -> None:
    session = httpx.AsyncClient(timeout=30)
    wa = WhatsApp(
        phone_id=os.environ["PHONE_NUMBER_ID"],
        token=os.environ["ACCESS_TOKEN"],
        session=session,
    )
    # pywa knows no other address than Meta's.
    session.base_url = f"{os.environ['GRAPH_URL']}/v25.0"
    gate = asyncio.Semaphore(int(os.environ["AT_ONCE"]))

    async def send(person: int) -> None:
        async with gate:
            await wa.send_template(
                to=f"39{person:010}",
                name="avviso",
                language=TemplateLanguage.ITALIAN,
                params=[
                    BodyText.params(
                        testo="Domani il mercato è in piazza della Repubblica.",
                        link="https://www.rubano.it/notizie/mercato",
                    )
                ],
                tracker=f"{_NOTICE}/p_{person:026}",
            )

    while line := await asyncio.to_thread(sys.stdin.readline):
        first, many = map(int, line.split())
        await asyncio.gather(*(send(person) for person in range(first, first + many)))
        print("done", flush=True)


asyncio.run(main())
