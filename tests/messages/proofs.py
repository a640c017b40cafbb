"""Proofs for messages, read marks and typing."""

from __future__ import annotations

from tests.sync.refetching import TALK, Scene, proves


@proves("new_message")
def _somebody_writes(scene: Scene) -> None:
    scene.say(scene.alice, "One more thing")


@proves("new_message")
def _bob_writes_elsewhere(scene: Scene) -> None:
    scene.say(scene.bob, "From my other device")


@proves("new_message", before=lambda s: s.bob.delete(f"/messages/{s.last['id']}", scope="me"))
def _a_reply_quotes_what_bob_has_deleted_for_himself(scene: Scene) -> None:
    scene.say(scene.alice, "As I said", scene.last["id"])


@proves("new_message")
def _the_group_talks_and_moves_to_the_top(scene: Scene) -> None:
    scene.charlie.post(f"/conversations/{scene.group}/messages", {"text": "Hello all"})


@proves("message_notification", joined=False)
def _a_message_where_bob_is_not_looking(scene: Scene) -> None:
    scene.say(scene.alice, "Are you there?", scene.question["id"])


@proves("message_notification", "conversation_updated", joined=False)
def _the_first_message_of_somebody_new(scene: Scene) -> None:
    scene.charlie.post("/messages", {"recipient_id": scene.bob.id, "text": "We have not met"})


@proves("message:new", namespace="/talemy", parts=TALK)
def _a_message_to_talemy(scene: Scene) -> None:
    scene.say(scene.alice, "Are you there?", scene.question["id"])


@proves("message:sent", namespace="/talemy", parts=TALK)
def _ones_own_message_to_talemy(scene: Scene) -> None:
    scene.say(scene.bob, "From my other device", scene.last["id"])


@proves("messages_read")
def _bob_reads_a_part(scene: Scene) -> None:
    scene.bob.post(f"{scene.path}/read", {"up_to_seq": 4})


@proves("messages_read", joined=False)
def _bob_reads_everything_elsewhere(scene: Scene) -> None:
    scene.bob.post(f"{scene.path}/read", {})


@proves("messages_read")
def _the_other_reads(scene: Scene) -> None:
    scene.alice.post(f"{scene.path}/read", {})


@proves("message_deleted")
def _an_unread_message_is_deleted(scene: Scene) -> None:
    scene.alice.delete(f"/messages/{scene.price['id']}")


@proves("message_deleted", before=lambda s: s.bob.post(f"{s.path}/read", {}), joined=False)
def _a_read_message_is_deleted(scene: Scene) -> None:
    scene.alice.delete(f"/messages/{scene.answer['id']}")


@proves("message_deleted")
def _the_last_message_is_deleted(scene: Scene) -> None:
    scene.alice.delete(f"/messages/{scene.last['id']}")


@proves("message_deleted")
def _what_the_last_message_quotes_is_deleted_for_bob(scene: Scene) -> None:
    scene.bob.delete(f"/messages/{scene.price['id']}", scope="me")


@proves("message_deleted", before=lambda s: s.bob.delete(f"/messages/{s.price['id']}", scope="me"))
def _a_tombstone_of_bobs_is_deleted_for_everyone(scene: Scene) -> None:
    scene.alice.delete(f"/messages/{scene.price['id']}")


@proves("message_edited")
def _a_quoted_message_is_edited(scene: Scene) -> None:
    scene.alice.patch(f"/messages/{scene.price['id']}", {"text": "It is  \n 440 " + "now " * 50})


@proves("message_edited", joined=False)
def _the_last_message_is_edited(scene: Scene) -> None:
    scene.alice.patch(f"/messages/{scene.last['id']}", {"text": "Euros"})


@proves("message_edited", before=lambda s: s.bob.delete(f"/messages/{s.price['id']}", scope="me"))
def _a_tombstone_of_bobs_is_edited(scene: Scene) -> None:
    scene.alice.patch(f"/messages/{scene.price['id']}", {"text": "It is 440"})


@proves("message_edited", before=lambda s: s.bob.delete(f"/messages/{s.price['id']}", scope="me"))
def _a_reply_to_a_tombstone_of_bobs_is_edited(scene: Scene) -> None:
    scene.alice.patch(f"/messages/{scene.last['id']}", {"text": "Euros"})


def _alice_looks(scene: Scene) -> None:
    scene.alice.sockets[0].ok("join_conversation", {"conversation_id": scene.talk})


@proves("typing", before=_alice_looks)
def _somebody_types_and_stops(scene: Scene) -> None:
    socket = scene.alice.sockets[0]
    for is_typing in (True, False):
        socket.ok("typing", {"conversation_id": scene.talk, "is_typing": is_typing})
