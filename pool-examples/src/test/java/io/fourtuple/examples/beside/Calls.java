package io.fourtuple.examples.beside;

import io.fourtuple.examples.beside.Answers.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Short requests, by wrk. */
final class Calls {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
  private static final Pattern SOCKETS =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
  private static final Pattern REFUSED = Pattern.compile("status 503: (\\d+)");
  private static final Pattern OTHERS = Pattern.compile("status other: (\\d+)");
  private static final Pattern P99 = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s|m)\\b");

  private static final String SCRIPT =
      """
      local threads = {}
      function setup(thread) table.insert(threads, thread) end
      function init(args) refused = 0; others = 0 end
      function response(status)
        if status == 503 then refused = refused + 1
        elseif status ~= 200 then others = others + 1 end
      end
      function done(summary, latency, requests)
        local a, b = 0, 0
        for _, thread in ipairs(threads) do
          a = a + thread:get("refused")
          b = b + thread:get("others")
        end
        io.write(string.format("status 503: %d\\nstatus other: %d\\n", a, b))
      end
      """;

  private Calls() {}

  static Answers run(World world, Path directory, int seconds, String path)
      throws IOException, InterruptedException {
    Path script = directory.resolve("status.lua");
    Files.writeString(script, SCRIPT);
    String url = "http://" + Plan.PROXY + ":" + Plan.PROXY_PORT + path;
    return parse(
        World.output(
            world.entered(
                List.of(
                    Programs.path("wrk"),
                    "-t1",
                    "-c" + Plan.CALLERS,
                    "-d" + seconds + "s",
                    "--timeout",
                    "10s",
                    "--latency",
                    "-s",
                    script.toString(),
                    url))));
  }

  /** What wrk and its script have printed. */
  static Answers parse(String output) {
    long requests = number(REQUESTS, output);
    long refused = number(REFUSED, output);
    long others = number(OTHERS, output);
    Matcher sockets = SOCKETS.matcher(output);
    long broken = 0;
    if (sockets.find()) {
      for (int i = 1; i <= sockets.groupCount(); i++) {
        broken += Long.parseLong(sockets.group(i));
      }
    }
    return new Answers(
        requests - refused - others, refused, others + broken, 0, p99(output), Refusal.NONE);
  }

  private static long p99(String output) {
    Matcher p99 = P99.matcher(output);
    if (!p99.find()) {
      throw new IllegalArgumentException("no 99% in " + output);
    }
    double factor =
        switch (p99.group(2)) {
          case "us" -> 1;
          case "ms" -> 1_000;
          case "s" -> 1_000_000;
          default -> 60_000_000;
        };
    return Math.round(Double.parseDouble(p99.group(1)) * factor);
  }

  private static long number(Pattern pattern, String output) {
    Matcher number = pattern.matcher(output);
    if (!number.find()) {
      throw new IllegalArgumentException("no " + pattern + " in " + output);
    }
    return Long.parseLong(number.group(1));
  }
}
