import { Redirect, Slot } from "expo-router";
import { ActivityIndicator } from "react-native";
import { useSession } from "@/services/session";

/** Nothing in here is for strangers. */
export default function AppLayout() {
  const { state } = useSession();
  if (state.kind === "loading") return <ActivityIndicator style={{ flex: 1 }} />;
  if (state.kind === "out") return <Redirect href="/sign-in" />;
  return <Slot />;
}
