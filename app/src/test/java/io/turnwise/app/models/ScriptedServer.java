package io.turnwise.app.models;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP server on this machine that does to each request whatever the test says, byte by byte:
 * one request a connection. Closing it closes all of its connections.
 */
public final class ScriptedServer implements AutoCloseable {
  /**
   * One request.
   *
   * @param line its first line
   * @param headers by their names in lower case
   */
  public record Request(String line, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Where the rest that is asked for begins; 0 where all is. */
    int from() {
      String range = header("range");
      return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
    }
  }

  /** What to do with a request; the connection is closed after it. */
  @FunctionalInterface
  public interface Script {
    /**
     * @param number of the request, counted from 1
     */
    void answer(int number, Request request, OutputStream out) throws IOException;

    /** This for the first request, the other for all that come after it. */
    default Script then(Script rest) {
      return (number, request, out) -> (number == 1 ? this : rest).answer(number, request, out);
    }
  }

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final Script script;

  public ScriptedServer(Script script) throws IOException {
    this.script = script;
    start(this::accept);
  }

  /** A good server, that has one file under all addresses. */
  static ScriptedServer serving(byte[] file, String tag) throws IOException {
    return new ScriptedServer(file(file, tag));
  }

  /** One that has the same answer to everything, without a body. */
  static ScriptedServer answering(int status, String... headers) throws IOException {
    return new ScriptedServer((number, request, out) -> head(out, status, headers));
  }

  /** What a good server does. */
  static Script file(byte[] file, String tag) {
    return (number, request, out) -> serve(file, tag, request, out);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connections.add(connection);
        start(() -> serve(connection));
      }
    } catch (IOException e) {
      // Closed: the test is over.
      return;
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      Request request = read(new BufferedInputStream(connection.getInputStream()));
      int number;
      synchronized (requests) {
        requests.add(request);
        number = requests.size();
      }
      OutputStream out = connection.getOutputStream();
      script.answer(number, request, out);
      out.flush();
    } catch (IOException e) {
      // The client has had enough, which is what some tests are about.
      return;
    }
  }

  private static Request read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] pair = lines[i].split(":", 2);
      headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1].strip());
    }
    return new Request(lines[0], headers);
  }

  /** Status line and headers. */
  static void head(OutputStream out, int status, String... headers) throws IOException {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " Because\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    out.write(text.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** What a good server does: the whole file, or the rest that is asked for of this version. */
  static void serve(byte[] file, String tag, Request request, OutputStream out) throws IOException {
    int from = request.from();
    boolean same = request.header("If-Range").isEmpty() || request.header("If-Range").equals(tag);
    if (from >= file.length && same) {
      head(out, 416, "Content-Range: bytes */" + file.length, "Content-Length: 0");
    } else if (from > 0 && same) {
      head(
          out,
          206,
          "ETag: " + tag,
          "Content-Range: bytes " + from + "-" + (file.length - 1) + "/" + file.length,
          "Content-Length: " + (file.length - from));
      out.write(file, from, file.length - from);
    } else {
      head(out, 200, "ETag: " + tag, "Content-Length: " + file.length);
      out.write(file);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String at(String path) {
    return "http://localhost:" + port() + path;
  }

  public List<Request> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
