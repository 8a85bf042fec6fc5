package io.fourtuple.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A small name server on loopback, which knows what a test has told it. */
final class NameServer implements AutoCloseable {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel channel;
  private final Map<String, List<Entry>> entries = new ConcurrentHashMap<>();
  private final Map<DnsRecordType, DnsResponseCode> refused = new ConcurrentHashMap<>();
  private final Map<DnsRecordType, Boolean> silent = new ConcurrentHashMap<>();

  /** What it was asked, such as {@code A shop.example.}. */
  final Queue<String> asked = new ConcurrentLinkedQueue<>();

  private record Entry(DnsRecordType type, int seconds, ByteBuf content) {}

  NameServer() {
    channel =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                new ChannelInitializer<NioDatagramChannel>() {
                  @Override
                  protected void initChannel(NioDatagramChannel made) {
                    made.pipeline()
                        .addLast(
                            new DatagramDnsQueryDecoder(),
                            new DatagramDnsResponseEncoder(),
                            new Answers());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** A name has an address. */
  NameServer address(String name, int seconds, InetAddress address) {
    return add(name, entry(seconds, address));
  }

  private static Entry entry(int seconds, InetAddress address) {
    ByteBuf bytes = Unpooled.wrappedBuffer(address.getAddress());
    boolean isIpv4 = bytes.readableBytes() == 4;
    return new Entry(isIpv4 ? DnsRecordType.A : DnsRecordType.AAAA, seconds, bytes);
  }

  /** A name has these addresses, from the next question on. */
  void replace(String name, int seconds, List<InetAddress> addresses) {
    entries.put(name + ".", addresses.stream().map(each -> entry(seconds, each)).toList());
  }

  /** A name is an alias of another one. */
  NameServer alias(String name, int seconds, String of) {
    ByteBuf content = Unpooled.buffer();
    for (String label : of.split("\\.")) {
      content.writeByte(label.length()).writeCharSequence(label, StandardCharsets.US_ASCII);
    }
    content.writeByte(0);
    return add(name, new Entry(DnsRecordType.CNAME, seconds, content));
  }

  private NameServer add(String name, Entry entry) {
    entries.computeIfAbsent(name + ".", n -> new ArrayList<>()).add(entry);
    return this;
  }

  /** Questions of a type are answered with an error. */
  NameServer refuse(DnsRecordType type, DnsResponseCode code) {
    refused.put(type, code);
    return this;
  }

  /** Questions of a type are not answered at all. */
  NameServer drop(DnsRecordType type) {
    silent.put(type, true);
    return this;
  }

  /** Does not know a name any more. */
  void forget(String name) {
    entries.remove(name + ".");
  }

  /** Knows nothing any more. */
  void forget() {
    entries.clear();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Answers extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // who asks asks again
    protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      asked.add(question.type().name() + " " + question.name());
      if (!silent.containsKey(question.type())) {
        context.writeAndFlush(answer(query, question));
      }
    }

    private DatagramDnsResponse answer(DatagramDnsQuery query, DnsQuestion question) {
      DatagramDnsResponse answer =
          new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
      answer.addRecord(
          DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
      DnsResponseCode error = refused.get(question.type());
      if (error != null) {
        return answer.setCode(error);
      }
      if (!entries.containsKey(question.name())) {
        return answer.setCode(DnsResponseCode.NXDOMAIN);
      }
      addAll(answer, question.name(), question.type());
      return answer;
    }

    /** With aliases followed, as a recursive server does. */
    private void addAll(DatagramDnsResponse answer, String name, DnsRecordType type) {
      for (Entry entry : entries.getOrDefault(name, List.of())) {
        if (entry.type().equals(type) || entry.type().equals(DnsRecordType.CNAME)) {
          ByteBuf content = Unpooled.copiedBuffer(entry.content());
          DnsRecord rr = new DefaultDnsRawRecord(name, entry.type(), entry.seconds(), content);
          answer.addRecord(DnsSection.ANSWER, rr);
          if (entry.type().equals(DnsRecordType.CNAME)) {
            addAll(answer, named(entry.content()), type);
          }
        }
      }
    }

    private String named(ByteBuf labels) {
      StringBuilder name = new StringBuilder();
      for (int at = 0; labels.getByte(at) != 0; at += labels.getByte(at) + 1) {
        int length = labels.getByte(at);
        name.append(labels.toString(at + 1, length, StandardCharsets.US_ASCII)).append('.');
      }
      return name.toString();
    }
  }
}
