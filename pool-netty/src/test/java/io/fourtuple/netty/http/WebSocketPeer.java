package io.fourtuple.netty.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The server's side of one connection: it says what a test wants, byte for byte. */
@SuppressWarnings({"ArrayRecordComponent", "AssignmentExpression"})
final class WebSocketPeer {
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;
  static final int FINAL = 0x80;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private Map<String, String> request = Map.of();

  /** A frame of the client's, unmasked. */
  record Frame(int opcode, boolean isFinal, byte[] payload) {
    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    int closeCode() {
      return ByteBuffer.wrap(payload).getChar();
    }

    String closeReason() {
      return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }
  }

  WebSocketPeer(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = socket.getOutputStream();
  }

  // ---- the opening handshake

  /** Reads a request; its line is under the empty name. */
  Map<String, String> readRequest() throws IOException {
    request = new TreeMap<>();
    request.put("", readLine());
    String line;
    while (!(line = readLine()).isEmpty()) {
      int colon = line.indexOf(':');
      request.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).trim(),
          (one, other) -> one + ", " + other);
    }
    return request;
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read;
    while ((read = in.read()) != '\n') {
      if (read < 0) {
        throw new EOFException("no request");
      }
      line.write(read);
    }
    return line.toString(StandardCharsets.ISO_8859_1).trim();
  }

  /** What opens the WebSocket of the request that was read. */
  String acceptance(String... fields) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: "
        + OpeningHandshake.accept(request.get("sec-websocket-key"))
        + "\r\n"
        + String.join("", java.util.Arrays.stream(fields).map(field -> field + "\r\n").toList())
        + "\r\n";
  }

  /** Reads the request and opens the WebSocket. */
  WebSocketPeer open() throws IOException {
    readRequest();
    write(acceptance());
    return this;
  }

  // ---- frames

  void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  static byte[] frame(int first, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 10).put((byte) first);
    if (payload.length < 126) {
      frame.put((byte) payload.length);
    } else if (payload.length < 1 << 16) {
      frame.put((byte) 126).putShort((short) payload.length);
    } else {
      frame.put((byte) 127).putLong(payload.length);
    }
    frame.put(payload).flip();
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  void write(int first, byte[] payload) throws IOException {
    write(frame(first, payload));
  }

  void write(int first, String payload) throws IOException {
    write(first, payload.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] close(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + text.length).putChar((char) code).put(text).array();
  }

  void writeClose(int code, String reason) throws IOException {
    write(FINAL | CLOSE, close(code, reason));
  }

  Frame read() throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    if ((second & 0x80) == 0) {
      throw new IOException("a client's frame must be masked");
    }
    int length = second & 0x7F;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = Math.toIntExact(in.readLong());
    }
    byte[] mask = in.readNBytes(4);
    byte[] payload = in.readNBytes(length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i & 3];
    }
    return new Frame(first & 0xF, (first & 0x80) != 0, payload);
  }

  /** Reads a message, of as many frames as it has. */
  Frame readMessage() throws IOException {
    Frame first = read();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first.payload());
    Frame last = first;
    while (!last.isFinal()) {
      last = read();
      if (last.opcode() != CONTINUATION) {
        throw new IOException("frame must be a continuation, was of type " + last.opcode());
      }
      all.writeBytes(last.payload());
    }
    return new Frame(first.opcode(), true, all.toByteArray());
  }

  /** Whether the client has ended its side without a further byte. */
  boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  /** Resets the connection. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  void close() throws IOException {
    socket.close();
  }
}
