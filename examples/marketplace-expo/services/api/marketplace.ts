import type { Product as EmbeddedProduct, User } from "@palabre/client";
import { messagingSocket, serverUrl } from "./MessagingSocketClient";

export interface Product extends EmbeddedProduct {
  description: string;
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | number | null;
}

/** The rest of the API goes through the same client, so that a token is renewed in one place only. */
export function listProducts(cursor?: string | number | null): Promise<Page<Product>> {
  return messagingSocket.http("GET", `/products?limit=24${cursor ? `&cursor=${cursor}` : ""}`);
}

export function getProduct(productId: number): Promise<Product> {
  return messagingSocket.http("GET", `/products/${productId}`);
}

export function getUser(userId: number): Promise<User> {
  return messagingSocket.http("GET", `/users/${userId}`);
}

export async function signOutOfServer(): Promise<void> {
  await messagingSocket.http("POST", "/auth/logout");
}

/** Pictures may be named by a path on the server. */
export function pictureUrl(url: string | null): string | null {
  return url?.startsWith("/") ? serverUrl + url : url;
}
