package io.fourtuple.pool;

import io.fourtuple.port.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Asks a question whenever it is told something. */
record ProbingListener(Consumer<String> question) implements PoolListener {
  @Override
  public void acquired(Destination destination, Duration waited) {
    question.accept("told acquired");
  }

  @Override
  public void refused(Destination destination, IOException why) {
    question.accept("told refused");
  }

  @Override
  public void opened(Destination destination, Route route, Duration connectTime) {
    question.accept("told opened");
  }

  @Override
  public void connectFailed(Destination destination, Route route, Throwable why) {
    question.accept("told connectFailed");
  }

  @Override
  public void absorbed(Destination destination, Route route, Throwable why) {
    question.accept("told absorbed");
  }

  @Override
  public void closed(Destination destination, Route route) {
    question.accept("told closed");
  }

  @Override
  public void highMark(Route route) {
    question.accept("told highMark");
  }

  @Override
  public void exhausted(Destination destination, Route route) {
    question.accept("told exhausted");
  }
}
