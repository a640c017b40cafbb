import { Redirect, Slot } from "expo-router";
import { useSession } from "@/services/session";

/** Nothing in here is for strangers. */
export default function AppLayout() {
  const { state } = useSession();
  if (state.kind === "loading") return null;
  if (state.kind === "out") return <Redirect href="/sign-in" />;
  return <Slot />;
}
