package io.fourtuple.netty;

final class Placeholder {}
