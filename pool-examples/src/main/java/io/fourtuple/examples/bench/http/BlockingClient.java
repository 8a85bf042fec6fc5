package io.fourtuple.examples.bench.http;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

/** A blocking client: one thread, that asks for the next body when it has one. For one lane. */
final class BlockingClient implements LoadedClient {
  private final BlockingQueue<Answer> next = new LinkedBlockingQueue<>();
  private final Callable<byte[]> client;

  BlockingClient(Callable<byte[]> client) {
    this.client = client;
    Thread thread = new Thread(this::run, "blocking-caller");
    thread.setDaemon(true);
    thread.start();
  }

  /** Answers ask again from this very thread, which then does not wait. */
  @Override
  public void get(int lane, Answer answer) {
    next.add(answer);
  }

  private void run() {
    try {
      while (true) {
        Answer answer = next.take();
        byte[] body;
        try {
          body = client.call();
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          answer.failed(e);
          continue;
        }
        answer.body(body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
