/**
 * The only subjects that are ever published to: questions that change nothing. What NATS servers offer
 * beside them (`RELOAD`, `KICK`, `LDM`, `STREAM.PURGE`, ...) acts.
 */
const READS: readonly RegExp[] = [
  /^\$SYS\.REQ\.USER\.INFO$/,
  /^\$SYS\.REQ\.SERVER\.PING$/,
  /^\$SYS\.REQ\.SERVER\.[^.*>\s]+\.(?:VARZ|JSZ|CONNZ|SUBSZ|ACCOUNTZ|ROUTEZ|GATEWAYZ|LEAFZ|HEALTHZ|RAFTZ|IPQUEUESZ)$/,
  /^\$SYS\.REQ\.ACCOUNT\.PING\.STATZ$/,
  /^\$JS\.API\.(?:INFO|STREAM\.LIST|CONSUMER\.LIST\.[^.*>\s]+)$/,
  /^\$JS\.(?:[^.*>\s]+\.)?API\.DIRECT\.GET\.[^.*>\s]+$/,
  /^\$JS\.(?:[^.*>\s]+\.)?API\.STREAM\.MSG\.GET\.[^.*>\s]+$/,
];

export const isRead = (subject: string): boolean => READS.some((read) => read.test(subject));
