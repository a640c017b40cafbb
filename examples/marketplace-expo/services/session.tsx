import AsyncStorage from "@react-native-async-storage/async-storage";
import { createContext, type PropsWithChildren, useContext, useEffect, useMemo, useState } from "react";
import { type Me, type SignedIn } from "./api/accounts";
import { signOutOfServer } from "./api/marketplace";
import { messagingSocket, tokenStorage } from "./api/MessagingSocketClient";

/** `ended`: the server has refused to renew, and somebody has to sign in again. */
type State = { kind: "loading" } | { kind: "out"; ended: boolean } | { kind: "in"; user: Me };

export interface Session {
  state: State;
  enter(signedIn: SignedIn): Promise<void>;
  leave(): Promise<void>;
}

const WHO = "marche.user";
const SessionContext = createContext<Session | null>(null);

/** Who is signed in. Tokens are in their own, safer storage; here is only what a screen shows while it starts. */
export function SessionProvider({ children }: PropsWithChildren) {
  const [state, setState] = useState<State>({ kind: "loading" });

  useEffect(() => {
    remember().then((user) => {
      if (user) messagingSocket.connect(user.id);
      setState(user ? { kind: "in", user } : { kind: "out", ended: false });
    });
  }, []);

  const isIn = state.kind === "in";
  useEffect(() => {
    if (!isIn) return;
    return messagingSocket.on("status", (status) => status === "ended" && setState({ kind: "out", ended: true }));
  }, [isIn]);

  const session = useMemo(() => ({ state, enter: enterWith(setState), leave: leaveWith(setState) }), [state]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession needs a SessionProvider above it.");
  return session;
}

/** The person signed in, on screens that nobody else sees. */
export function useMe(): Me {
  const { state } = useSession();
  return state.kind === "in" ? state.user : { id: 0, name: "", email: "" };
}

async function remember(): Promise<Me | null> {
  const [tokens, stored] = await Promise.all([tokenStorage.load(), AsyncStorage.getItem(WHO)]);
  return tokens && stored ? (JSON.parse(stored) as Me) : null;
}

function enterWith(setState: (state: State) => void) {
  return async ({ user, ...tokens }: SignedIn): Promise<void> => {
    await tokenStorage.save(tokens);
    await AsyncStorage.setItem(WHO, JSON.stringify(user));
    messagingSocket.connect(user.id);
    setState({ kind: "in", user });
  };
}

function leaveWith(setState: (state: State) => void) {
  return async (): Promise<void> => {
    setState({ kind: "loading" });
    messagingSocket.disconnect(); // first: what is cut by signing out is no session that has ended
    await signOutOfServer().catch(() => undefined); // without a network the tokens are forgotten here all the same
    await Promise.all([tokenStorage.clear(), AsyncStorage.removeItem(WHO)]);
    setState({ kind: "out", ended: false });
  };
}
