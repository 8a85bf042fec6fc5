package io.fourtuple.examples.beside;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Back ends and long-lived clients, in a network of their own; told what to do line by line. */
final class WorldMain {
  private WorldMain() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    LongLived clients = new LongLived(loops.next());
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      String what = order.substring(order.indexOf(' ') + 1);
      if (order.startsWith("listen ")) {
        BackEnd.listen(loops, what);
        System.out.println("listening");
      } else {
        System.out.println(clients.open(Integer.parseInt(what)).toLine());
      }
    }
    System.exit(0);
  }
}
