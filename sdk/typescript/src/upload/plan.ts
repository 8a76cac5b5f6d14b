import type { Output } from '../operations.js';

/** A file to send, under the name that the server shall know it by. */
export interface UploadFile {
  readonly name: string;
  readonly blob: Blob;
}

/** How far an upload is. */
export interface UploadProgress {
  /** `waiting`: behind a failure, before the next try; `processing`: all is sent, the server reads it. */
  readonly stage: 'sending' | 'paused' | 'waiting' | 'processing' | 'done';
  /** Bytes that arrived, and bytes of all files. */
  readonly sent: number;
  readonly total: number;
  /** The session, as soon as it is open: with it the upload can be resumed. */
  readonly uploadId: string | undefined;
  readonly files: readonly { readonly name: string; readonly sent: number; readonly size: number }[];
  /** Why it waits, and for how many milliseconds. */
  readonly reason?: string;
  readonly wait?: number;
}

/** What an upload is for, and how it is sent. */
export interface UploadOptions {
  /** The project that gets the item. */
  project: string;
  /** The collection that it goes into. */
  collection?: string;
  /** An item that gets the files as assets, instead of a new one. */
  item?: string;
  /** The key of the asset that the primary file becomes. */
  assetKey?: string;
  /** The values are classes, not measurements. */
  isCategorical?: boolean;
  /** The coordinate reference system of files that declare none: `EPSG:2056`, or WKT. */
  crs?: string;
  /** The id of an upload that broke off: only what is missing is sent. The files must be the same. */
  resume?: string;
  /** Bytes of a part, 5 MiB or more; else 8 MiB, or what 10 000 parts need. Smaller files go in one piece. */
  partSize?: number;
  /** Requests at a time; 4 by default. */
  parallel?: number;
  onProgress?: (progress: UploadProgress) => void;
  signal?: AbortSignal;
}

/** The session when it is completed, with the ids of the items. */
export type UploadResult = Output<'uploads.complete'>;

/** Media types by the end of the name; the server looks at the bytes itself. */
const mediaTypes: Readonly<Record<string, string>> = {
  tif: 'image/tiff',
  tiff: 'image/tiff',
  jp2: 'image/jp2',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  nc: 'application/netcdf',
  gpkg: 'application/geopackage+sqlite3',
  geojson: 'application/geo+json',
  zip: 'application/zip',
};

/** What a file is sent as. */
export function mediaTypeOf(file: UploadFile): string {
  const extension = file.name.slice(file.name.lastIndexOf('.') + 1).toLowerCase();
  return mediaTypes[extension] ?? (file.blob.type || 'application/octet-stream');
}
