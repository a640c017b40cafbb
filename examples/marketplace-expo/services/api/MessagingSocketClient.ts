import AsyncStorage from "@react-native-async-storage/async-storage";
import {
  AsyncOutboxStorage,
  LocalTokenStorage,
  MessagingSocketClient,
  SecureTokenStorage,
  type TokenStorageService,
} from "@palabre/client";
import Constants from "expo-constants";
import * as SecureStore from "expo-secure-store";
import { AppState, Platform } from "react-native";

const isWeb = Platform.OS === "web";

/** While developing, the server runs on the computer that Metro runs on; a telephone finds it by that address. */
function developmentUrl(): string {
  const computer = Constants.expoConfig?.hostUri?.split(":")[0];
  return `http://${isWeb ? "localhost" : (computer ?? "localhost")}:5000`;
}

const configuredUrl = process.env.EXPO_PUBLIC_SERVER_URL?.replace(/\/$/, "");

export const serverUrl = configuredUrl || (__DEV__ ? developmentUrl() : "https://your-production-server.com");

/** The device's keychain; in a browser localStorage, which its tabs share. */
export const tokenStorage: TokenStorageService = isWeb
  ? new LocalTokenStorage(localStorage)
  : new SecureTokenStorage(SecureStore);

/**
 * The application's messaging, one for all screens. In a browser it keeps unsent messages in IndexedDB and shares one
 * connection between tabs, and a tab in the background stays connected; on a device it follows the application's state.
 */
export const messagingSocket = new MessagingSocketClient({
  serverUrl,
  tokenStorage,
  ...(isWeb
    ? {}
    : { appState: AppState, outboxStorage: (userId: number) => new AsyncOutboxStorage(AsyncStorage, userId) }),
});
