/** Which listener a request came through. */
export type Door = 'private' | 'public' | 'socket'
