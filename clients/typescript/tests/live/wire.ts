import { createServer, connect, type Server as NetServer, type Socket } from "node:net";
import type { Server } from "./server";

/** A proxy to the server that can be cut: bytes in transit are lost, both ways. */
export class Wire {
  url = "";
  /** Whether it refuses every connection. */
  isDead = false;
  readonly #server: NetServer;
  readonly #ends = new Set<Socket>();

  private constructor(port: number) {
    this.#server = createServer((near) => {
      if (this.isDead) return void near.destroy();
      const far = connect(port, "127.0.0.1");
      for (const [end, other] of [[near, far], [far, near]] as const) {
        this.#ends.add(end);
        end.pipe(other);
        end.on("error", () => undefined).on("close", () => (this.#ends.delete(end), other.destroy()));
      }
    });
  }

  static async to(server: Server): Promise<Wire> {
    const wire = new Wire(Number(new URL(server.url).port));
    await new Promise<void>((resolve) => wire.#server.listen(0, "127.0.0.1", resolve));
    const address = wire.#server.address();
    wire.url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    return wire;
  }

  /** Drops the bytes in transit. */
  cut(): void {
    for (const end of [...this.#ends]) end.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}
