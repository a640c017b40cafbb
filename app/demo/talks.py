"""The conversations of the demonstration."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """One message; ``after`` is in minutes since the previous one."""

    who: str
    text: str
    after: int = 3
    replies_to: int | None = None  # index of a line of the same talk
    edited_to: str | None = None
    deleted: bool = False


class Talk(NamedTuple):
    """A conversation about an offer, started by the buyer ``days`` ago."""

    offer: str
    buyer: str
    days: float
    lines: tuple[Line, ...]
    unread_by: str | None = None  # the participant with unread messages
    archived_by: str | None = None
    closed: bool = False


TALKS = (
    Talk("plant", "nadia", 9.2, (
        Line("nadia", "Hello Tom, is the monstera happy in a north-facing room?"),
        Line("tom", "It has lived in one for two years, so yes.", 42),
        Line("nadia", "Perfect. Could I pick it up tomorrow after work?", 5),
        Line("tom", "Tomorrow at six works. I will carry it down for you.", 12),
        Line("nadia", "It is home and already looks better than I do. Thank you!", 1730),
    ), archived_by="tom", closed=True),
    Talk("turntable", "lena", 6.5, (
        Line("lena", "Does the price really include the records?"),
        Line("kofi", "It does. A turntable without highlife would be sad.", 18, replies_to=0),
        Line("lena", "Then I take it. Cash on Saturday?", 4),
        Line("kofi", "Saturday is good. Around eleven?", 2, edited_to="Saturday is good. Around ten?"),
        Line("lena", "Ten it is.", 7),
    )),
    Talk("armchair", "chloe", 5.1, (
        Line("chloe", "Bonjour Nadia, quelle est la hauteur d’assise, s’il vous plaît ?"),
        Line("nadia", "Quarante-deux centimètres, je viens de mesurer.", 65),
        Line("chloe", "C’est juste ce qu’il me faut. Vous pourriez le garder jusqu’à vendredi ?", 9),
        Line("nadia", "Oui, sans problème. Il est réservé pour vous.", 30, replies_to=2),
    )),
    Talk("bicycle", "kofi", 3.4, (
        Line("kofi", "Hi Ben, I am 1.80 m. Would 54 fit me?"),
        Line("ben", "I am 1.78 m and it fits me well. Come and try it.", 25),
        Line("kofi", "Wednesday evening?", 3),
        Line("ben", "My phone number is", 1, deleted=True),
        Line("ben", "Wednesday at seven, in front of the library. Look for the red one.", 2, replies_to=2),
        Line("kofi", "See you there.", 6),
    )),
    Talk("violin", "moussa", 2.3, (
        Line("moussa", "Bonjour Chloé, le violon conviendrait-il à un enfant de dix ans ?"),
        Line("chloe", "C’est un entier : pour dix ans, plutôt un trois-quarts.", 80),
        Line("moussa", "Merci de votre franchise, c’est rare !", 4),
        Line("chloe", "Je connais quelqu’un qui en vend un, je lui demande si vous voulez.", 6),
        Line("moussa", "Volontiers.", 2),
    )),
    Talk("typewriter", "awa", 1.2, (
        Line("awa", "Hello! I write in French: can it do accents?"),
        Line("ben", "It has dead keys for ´ and `, but no ç.", 15),
        Line("awa", "I can live without ç for a while.", 3, replies_to=1),
        Line("ben", "Then it is yours for 130.", 20),
    ), unread_by="awa"),
    Talk("camera", "ben", 0.6, (
        Line("ben", "Is the roll of film colour or black and white?"),
        Line("lena", "Black and white, 400 ISO. Good for this weather.", 11),
        Line("ben", "Lovely. Would you take 150?", 14),
    ), unread_by="lena"),
    Talk("books", "awa", 0.4, (
        Line("awa", "Bonsoir Nadia, est-ce qu’il y a Total Khéops dans le lot ?"),
        Line("nadia", "Oui, et les deux suivants aussi.", 8),
        Line("awa", "Alors je prends tout.", 1),
        Line("nadia", "Très bien ! Je vous les apporte au marché dimanche ?", 26),
    ), unread_by="awa"),
    Talk("kora", "ben", 0.15, (
        Line("ben", "Hello Awa! Is the kora still for sale? I have dreamt of one for years."),
        Line("awa", "Hello Ben! Yes, it is still here, and it was tuned this morning.", 6),
        Line("ben", "Would you show me how to tune it if I came on Saturday?", 4),
        Line("awa", "Of course. It takes an hour, a glass of tea, and some patience.", 5, replies_to=2),
        Line("ben", "I have all three. Half past two?", 2, edited_to="I have all three. Three o’clock?"),
        Line("awa", "Three o’clock. I will send you the address.", 3),
    )),
    Talk("kora", "moussa", 0.03, (
        Line("moussa", "Bonsoir Awa, d’où vient la calebasse ?"),
        Line("moussa", "Et feriez-vous un prix pour une école de musique ?", 1),
    ), unread_by="awa"),
)  # fmt: skip
