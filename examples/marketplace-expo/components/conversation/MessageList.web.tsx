import { type CSSProperties, Fragment, useEffect, useLayoutEffect, useRef, useState } from "react";
import { ActivityIndicator } from "react-native";
import { useWords } from "@/i18n/useWords";
import { usePalette } from "@/theme/useTheme";
import type { MessageListProps } from "./MessageList";

/** Older messages are asked for this many pixels before they are needed. */
const AHEAD_PX = 400;
/** This close to the end, one is at the end. */
const NEAR_PX = 40;

/**
 * A browser can do without an upside-down list: a column that is filled from its end stays at the newest message and
 * keeps its place when older ones come in, while wheel, keys, selection and screen readers find the order they expect.
 */
export function MessageList({ lines, hasOlder, onOlder, renderLine }: MessageListProps) {
  const words = useWords();
  const { soft } = usePalette();
  const box = useRef<HTMLDivElement>(null);
  const [isLoading, setLoading] = useState(false);

  const look = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    const above = scrollHeight - clientHeight + scrollTop; // scrollTop is 0 at the end, and negative above
    if (!hasOlder || isLoading || above > AHEAD_PX) return;
    setLoading(true);
    void onOlder().finally(() => setLoading(false));
  };
  useEffect(look, [lines.length, hasOlder]); // a first page that does not fill the window

  // What one has just written is what one wants to see; what others write must not move what one is reading.
  const last = lines[lines.length - 1];
  const isOwn = last?.kind === "message" && last.isOwn;
  const before = useRef({ key: last?.key, height: 0 });
  useLayoutEffect(() => {
    if (!box.current) return;
    const { scrollTop, scrollHeight } = box.current;
    if (last?.key !== before.current.key && scrollTop < -NEAR_PX) {
      box.current.scrollTop = isOwn ? 0 : scrollTop - (scrollHeight - before.current.height);
    }
    before.current = { key: last?.key, height: scrollHeight };
  }, [lines, last?.key, isOwn]);

  return (
    <div ref={box} style={outer} onScroll={look} tabIndex={0} role="log" aria-label={words.messages} data-testid="messages">
      <div style={inner}>
        {isLoading && <ActivityIndicator color={soft} />}
        {lines.map((line) => (
          <Fragment key={line.key}>{renderLine(line)}</Fragment>
        ))}
      </div>
    </div>
  );
}

const outer: CSSProperties = { flex: 1, minHeight: 0, display: "flex", flexDirection: "column-reverse", overflowY: "auto", overflowAnchor: "none", overscrollBehavior: "contain" };
const inner: CSSProperties = { display: "flex", flexDirection: "column", padding: "8px 16px", marginBottom: "auto" };
