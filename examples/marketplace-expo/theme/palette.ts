/** The colours of Palabre's own pages, for day and for night. */
const light = {
  page: "#faf6ee",
  card: "#fffdf8",
  sunk: "#f2eadc",
  line: "#e4d9c6",
  lineStrong: "#8c806d",
  text: "#241d2e",
  soft: "#5e5567",
  link: "#34377e",
  accent: "#a8421f",
  selected: "#e9e8f4",
  action: "#34377e",
  actionPressed: "#25285f",
  onAction: "#fffdf8",
  onActionSoft: "#cfd0ee",
  badge: "#b3481f",
  onBadge: "#ffffff",
  online: "#2b8757",
  highlight: "#dfa136",
  hint: "#fbf0d8",
  onHint: "#6c4708",
  good: "#e3f2e8",
  onGood: "#1d5f3c",
  alert: "#a4243a",
  alertWash: "#fbe7e6",
  shade: "#3a2c1a",
  veil: "rgba(36, 29, 46, 0.45)",
};

export type Palette = typeof light;

const dark: Palette = {
  page: "#15121b",
  card: "#1e1a27",
  sunk: "#292334",
  line: "#383046",
  lineStrong: "#81768f",
  text: "#f3ede2",
  soft: "#b9afc3",
  link: "#b9bcff",
  accent: "#f3a07d",
  selected: "#2b2949",
  action: "#5054b3",
  actionPressed: "#6266c9",
  onAction: "#ffffff",
  onActionSoft: "#d9daf7",
  badge: "#bb4f27",
  onBadge: "#ffffff",
  online: "#5fca93",
  highlight: "#e2b35b",
  hint: "#35291a",
  onHint: "#f2cf8f",
  good: "#18301f",
  onGood: "#a5e2c0",
  alert: "#ff9dab",
  alertWash: "#3d1d27",
  shade: "#000000",
  veil: "rgba(0, 0, 0, 0.6)",
};

export const palettes = { light, dark };

/** Pairs of ground and ink for people and things without a picture. */
export const tones = {
  light: [["#d9d8ee", "#34377e"], ["#f6d9c9", "#86321a"], ["#f6e3b6", "#674604"], ["#cfe6d6", "#1c5738"], ["#cbe3e8", "#17505e"], ["#f0d3df", "#7c2450"], ["#e4dccb", "#54462b"], ["#e1d3ea", "#562c75"]],
  dark: [["#3a3870", "#dcdcff"], ["#6a3520", "#ffdccb"], ["#5d4614", "#fbe3ad"], ["#22523a", "#cdf0da"], ["#1f4d59", "#cbecf4"], ["#63294a", "#ffd6e8"], ["#4c4334", "#ede2cb"], ["#4e3163", "#efdcfc"]],
} as const;
