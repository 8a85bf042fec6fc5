package io.fourtuple.socket;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A program that {@link VirtualThreadsTest} runs with a single carrier thread; prints what its
 * virtual threads came to, and each time that one kept its carrier. Where that lasts, it ends with
 * another code than 0.
 */
final class VirtualThreadsProbe {
  private static final int THREADS = 200;
  private static final int PORTS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private VirtualThreadsProbe() {}

  /** Connects, or keeps a carrier on purpose. */
  public static void main(String[] args) throws Exception {
    Path file = Files.createTempFile("pinned", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO).withStackTrace();
      recording.start();
      if (args[0].equals("connect")) {
        connect();
      } else {
        waitWithMonitor();
      }
      recording.stop();
      recording.dump(file);
      List<RecordedEvent> pinned = new ArrayList<>(RecordingFile.readAllEvents(file));
      pinned.removeIf(VirtualThreadsProbe::isEntry);
      pinned.forEach(System.out::println);
      System.out.println("pinned=" + pinned.size());
    } finally {
      Files.delete(file);
    }
    System.exit(0);
  }

  /** Into a monitor, which JDK 24 and later record too: whoever waits inside of it is another. */
  private static boolean isEntry(RecordedEvent event) {
    return event.hasField("blockingOperation")
        && event.getString("blockingOperation").equals("Contended monitor enter");
  }

  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  /** Nobody is answered before all have asked: that takes a carrier which is free. */
  private static void connect() throws Exception {
    ExecutorService threads = virtualThreads();
    try (SocketRig rig = new SocketRig(PORTS, PATIENCE, THREADS)) {
      CountDownLatch allWait = new CountDownLatch(1);
      Thread server = new Thread(() -> answer(rig.server, allWait), "server");
      server.setDaemon(true);
      server.start();
      List<Future<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        calls.add(threads.submit(call(rig)));
      }
      SocketRig.await(() -> rig.sockets.waiting() == THREADS - PORTS, rig.sockets::waiting);
      System.out.println("waiting=" + rig.sockets.waiting());
      allWait.countDown();
      int answers = 0;
      for (Future<Integer> call : calls) {
        answers += call.get(30, TimeUnit.SECONDS);
      }
      System.out.println("answers=" + answers);
      System.out.println("established=" + rig.census().established());
    }
  }

  private static Callable<Integer> call(SocketRig rig) {
    return () -> {
      try (Socket socket = rig.connected()) {
        socket.getOutputStream().write(7);
        int answer = socket.getInputStream().read() == 7 ? 1 : 0;
        return socket.getInputStream().read() < 0 ? answer : 0;
      }
    };
  }

  /** One after another; closes first, so that no port of the client's rests in TIME_WAIT. */
  private static void answer(ServerSocket server, CountDownLatch start) {
    try {
      start.await();
      for (int i = 0; i < THREADS; i++) {
        try (Socket peer = server.accept()) {
          peer.getOutputStream().write(peer.getInputStream().read());
        }
      }
    } catch (IOException | InterruptedException e) {
      System.out.println("server: " + e); // the callers wait in vain, and say so
    }
  }

  /** What must be seen: one that waits in a monitor, of this class. */
  private static void waitWithMonitor() throws Exception {
    Object monitor = new Object();
    CountDownLatch never = new CountDownLatch(1);
    virtualThreads()
        .submit(
            () -> {
              synchronized (monitor) {
                LockSupport.parkNanos(never, 1_000_000);
              }
            })
        .get(30, TimeUnit.SECONDS);
  }
}
