"""The users of the demonstration, and the products they sell."""

from __future__ import annotations

from typing import NamedTuple

PASSWORD = "palabre-demo"  # noqa: S105  (printed on purpose)


class Person(NamedTuple):
    """A user who can sign in."""

    name: str
    email: str
    locale: str


class Offer(NamedTuple):
    """A product for sale."""

    owner: str  # key of PEOPLE
    title: str
    price: str
    picture: str  # file in app/static/demo
    description: str


PEOPLE = {
    "awa": Person("Awa Diop", "awa@demo.example", "fr"),
    "ben": Person("Ben Carter", "ben@demo.example", "en"),
    "chloe": Person("Chloé Bernard", "chloe@demo.example", "fr"),
    "kofi": Person("Kofi Mensah", "kofi@demo.example", "en"),
    "lena": Person("Lena Hoffmann", "lena@demo.example", "en"),
    "moussa": Person("Moussa Traoré", "moussa@demo.example", "fr"),
    "nadia": Person("Nadia Belkacem", "nadia@demo.example", "fr"),
    "tom": Person("Tom Rossi", "tom@demo.example", "en"),
}

OFFERS = {
    "telescope": Offer(
        "lena", "Telescope, 130 mm reflector", "185.00", "telescope.svg",
        "A good first telescope. Two eyepieces, a finder, and a star map with my notes in it.\n"
        "The tripod is heavy; come by car.",
    ),
    "books": Offer(
        "nadia", "Vingt romans policiers", "30.00", "books.svg",
        "Simenon, Manchette, Izzo… Lus une fois, rangés à l’abri de la lumière. Le lot, pas au détail.",
    ),
    "plant": Offer(
        "tom", "Monstera, one metre tall", "25.00", "plant.svg",
        "Healthy and growing faster than my flat. Pot included.",
    ),
    "moka": Offer(
        "tom", "Moka pot, six cups", "18.00", "moka.svg",
        "My grandmother’s. New seal last month. It has never met a dishwasher.",
    ),
    "typewriter": Offer(
        "ben", "Portable typewriter, 1962", "140.00", "typewriter.svg",
        "Every key works, the ribbon is fresh, and the bell rings. QWERTY layout.",
    ),
    "lamp": Offer(
        "chloe", "Lampe d’architecte", "45.00", "lamp.svg",
        "Bras articulé, ampoule fournie. Une petite trace de peinture sur le pied.",
    ),
    "turntable": Offer(
        "kofi", "Turntable with new stylus", "110.00", "turntable.svg",
        "Belt drive, 33 and 45. Comes with three highlife records, because it should.",
    ),
    "armchair": Offer(
        "nadia", "Fauteuil des années 60", "95.00", "armchair.svg",
        "Velours vert, structure en hêtre. Très confortable pour lire.",
    ),
    "camera": Offer(
        "lena", "35 mm film camera", "160.00", "camera.svg",
        "50 mm lens, light meter works. I include a roll of film to try it.",
    ),
    "violin": Offer(
        "chloe", "Violon d’étude 4/4", "220.00", "violin.svg",
        "Réglé par un luthier à l’automne. Étui, archet et colophane compris.",
    ),
    "bicycle": Offer(
        "ben", "City bike, 54 cm", "150.00", "bicycle.svg",
        "Eight gears, dynamo lights, new brake pads. One scratch on the frame, see picture.",
    ),
    "kora": Offer(
        "awa", "Kora, 21 cordes", "450.00", "kora.svg",
        "Fabriquée à Ziguinchor en 2019, calebasse sans fêlure, cordes neuves.\n"
        "Je peux montrer comment l’accorder.",
    ),
}  # fmt: skip
