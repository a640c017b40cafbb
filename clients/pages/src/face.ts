import type { User } from "@palabre/client";
import { part, setData, setText, show } from "./dom";
import { initials, toneOf } from "./people";
import type { PresenceMarks } from "./presence-marks";

export interface Face {
  id: number;
  url: string | null;
  /** The name that the initials come from. */
  name: string;
}

/** Shows a picture in a row, or initials on a tone. */
export function fillFace(row: ParentNode, { id, url, name }: Face): void {
  const frame = part(row, "face");
  if (frame) setData(frame, { tone: toneOf(id) });
  const picture = part<HTMLImageElement>(row, "picture");
  if (picture && url && picture.getAttribute("src") !== url) picture.src = url;
  show(picture, url !== null);
  setText(part(row, "initials"), initials(name));
  show(part(row, "initials"), url === null);
}

/** Shows the face and the presence of a row's user. */
export function fillPerson(row: HTMLElement, user: User, presence: PresenceMarks): void {
  fillFace(row, { id: user.id, url: user.avatar_url, name: user.name });
  const mark = part(row, "presence");
  if (!mark || mark.dataset["presenceUserId"] === String(user.id)) return;
  setData(mark, { presenceUserId: user.id, online: user.online });
  presence.refresh(mark);
}
